import assert from "node:assert/strict";
import { lintFiles } from "../support/lint.ts";

const commands: readonly (readonly [command: string, tool: string | undefined])[] = [
  ["python -m alembic upgrade head", "alembic"],
  ["poetry run flask --app shop db upgrade", "alembic"],
  ["python -m django migrate", "Django"],
  ["python manage.py migrate_schemas --shared", "Django"],
  ["python manage.py migrate --plan", undefined],
  ["node ./node_modules/prisma/build/index.js migrate deploy", "Prisma"],
  ["npx knex --env production migrate:latest", "Knex"],
  ["npx typeorm-ts-node-commonjs migration:run -d src/ds.ts", "TypeORM"],
  ["/usr/local/bin/migrate -path /m -database $U goto 7", "golang-migrate"],
  ["/app/bin/shop eval Shop.ReleaseTasks.migrate", "Ecto"],
  ["/app/bin/migrate", "migration script"],
  ["node --enable-source-maps dist/migrate.js", "migration script"],
  ["node dist/main.js", undefined],
  ["npx mikro-orm-esm migration:up", "MikroORM"],
  ["bun run db:migrate", "npm script"],
  ["vendor/bin/phinx migrate -e production", "Phinx"],
  ["sea-orm-cli migrate up", "SeaORM"],
  ["sea-orm-cli migrate status", undefined],
  ["npx supabase migration up", "Supabase"],
  ["gosu app bundle exec rails db:migrate", "Rails"],
  ["dockerize -wait tcp://db:5432 goose up", "goose"],
];

describe("migration tools by their commands", () => {
  for (const [command, tool] of commands)
    it(command, () => {
      const job = `apiVersion: batch/v1
kind: Job
metadata: { name: change }
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{ name: change, image: registry.example.com/shop:1.0, command: [sh, -ec, ${JSON.stringify(command)}] }]
`;
      const { workspaces } = lintFiles({ "job.yaml": job });
      assert.deepEqual(
        workspaces.flatMap(({ topology }) => topology.migrations.map((migration) => migration.tool)),
        tool === undefined ? [] : [tool],
      );
    });
});

import "./diagnostics.e2e.ts";
import "./typing.e2e.ts";
import "./code-actions.e2e.ts";
import "./configuration.e2e.ts";
import "./hover.e2e.ts";
import "./completion.e2e.ts";
import "./repository.e2e.ts";
import "./navigation.e2e.ts";

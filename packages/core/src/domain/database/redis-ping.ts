import type { ExecHandler } from "../../kube/probes.ts";

/**
 * A `redis-cli ping` whose answer nobody compares: redis-cli ends with 0 whatever the server answers, NOAUTH, LOADING and MASTERDOWN
 * too (measured on 7.0; `-e` would change it). https://redis.io/docs/latest/develop/tools/cli/
 */
export function passesWhateverRedisAnswers({ words }: ExecHandler): boolean {
  const line = words.join(" ");
  return /\b(redis|valkey)-cli\b.*\bping\b/i.test(line) && !/PONG|grep|\[|==|\.sh\b|-cli(?: \S+)* -e\b/.test(line);
}

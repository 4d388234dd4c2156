// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are the shell's
import fc from "fast-check";

/** Scripts of everything that the shell's grammar has; valid bash. */
export const shellScript: fc.Arbitrary<string> = fc.letrec<{
  readonly script: string;
  readonly [part: string]: string;
}>((tie) => {
  const text = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
  const joined = (...parts: readonly (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
    fc.tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part))).map((all) => all.join(""));
  const oneOf = (...all: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
    fc.oneof({ depthSize: "small", withCrossShrink: true }, ...all);
  const several = (part: fc.Arbitrary<string>, between: string, most: number, least = 1): fc.Arbitrary<string> =>
    fc.array(part, { minLength: least, maxLength: most }).map((all) => all.join(between));
  const blank = text(" ", " ", "  ", "\t", " \\\n");
  const list = tie("list");
  const word = tie("word");
  const quoted = tie("quoted");
  const body = tie("hereBody");
  return {
    name: text("a", "psql", "db1", "x_y"),
    expansion: oneOf(
      text("$a", "${a}", "$1", "$?", "$#", "$$", "${#a}", "${a%.sql}", "${a[@]}", "$((a + 1))", "$((a * (b - 1)))"),
      joined("${a:-", tie("part"), "}"),
      joined("$(", list, ")"),
      joined("$( ", list, "\n)"),
      joined("`", tie("plainCommand"), "`"),
    ),
    quoted: oneOf(text("b c", "it's", "(", ")", "#", ";", '\\"', "|", "", "\n", "{", "}"), tie("expansion")),
    part: oneOf(
      text(
        "a",
        "b.sql",
        "-h",
        "--x=y",
        "=",
        "%",
        ":",
        "/backup/",
        "\\;",
        "\\ ",
        "a#b",
        "{",
        "}",
        "x}",
        "*",
        "?",
        "[ab]",
        "~",
        ",",
      ),
      text("'b c'", "'('", "'$a'", "'#'", "$'it\\'s'", "'\n'", '"x)"', "'\"'"),
      joined('"', several(quoted, "", 3, 0), '"'),
      tie("expansion"),
    ),
    word: oneOf(
      text("a", "-c", "orders", "done", "if", "}", "in", "esac", "!", "time", "["),
      several(tie("part"), "", 3),
      text("@(a|b)", "x!(c d)y", "a+(b)"),
      joined("<(", list, ")"),
    ),
    assignment: joined(text("A=", "b=", "c+=", "d[0]="), oneOf(text(""), tie("part"))),
    array: joined("e=(", several(word, " ", 3, 0), ")"),
    redirect: oneOf(
      joined(
        text(">", ">>", "2>", "<", "&>", ">|", "3<", "<>", "&>>", "> ", "{fd}>"),
        oneOf(text("x", "/dev/null"), tie("part")),
      ),
      text("2>&1", ">&2", "<&-", "3>&-", "1>&2"),
      joined("<<<", text("", " "), word),
    ),
    program: text("pg_dump", "psql", "echo", "a", "/bin/b", "[", "set", "export"),
    plainCommand: joined(tie("program"), blank, text("a", "'b c'", "$x", '"$x"', "-e")),
    command: oneOf(
      joined(tie("program"), blank, several(word, " ", 3, 0)),
      joined(tie("assignment"), " ", tie("program"), " ", word),
      tie("assignment"),
      tie("array"),
      joined(tie("program"), " ", word, " ", tie("redirect"), " ", word),
      joined(tie("redirect"), " ", tie("program"), blank, word),
      joined("declare ", tie("array")),
    ),
    test: joined(
      "[[ ",
      oneOf(
        joined("-f ", word),
        joined(word, " == ", word),
        joined('"$a" =~ ', text("^a|b$", "^(a|b c)+$", "x{1,2}", "\\(a", "[a-z]+(\\.[0-9]+)?", "$re", '"a b"')),
        joined("( -n $a || ", word, " < b ) && ! -e $c"),
      ),
      " ]]",
    ),
    separator: text("; ", " & ", "\n", "\n\n", " ;\n", " # why 'not\n", "\n  "),
    hereBody: several(
      oneOf(
        text("select 1;", "  it's", "( | &&", '"', "$a", "\\$b", "EO", "`date`", "", "\tEND x", "# no"),
        joined("$(", tie("plainCommand"), ")"),
      ),
      "\n",
      3,
      0,
    ),
    here: oneOf(
      joined(
        tie("program"),
        " ",
        text("<<", "<< ", "<<-"),
        "END",
        text("", " | gzip", " >x", " && b", "; c", " || { d; }"),
        "\n",
        body,
        text("\n", "\n"),
        "END",
      ),
      joined(tie("program"), " <<", text("'END'", '"END"', "\\END"), text("", " -x", " 2>&1"), "\n", body, "\n", "END"),
      joined("cat <<A <<-B\n", body, "\nA\n", body, "\n\tB"),
    ).map((all) => `${all}\n`),
    compound: oneOf(
      joined("if ", list, "\nthen ", list, "\nfi"),
      joined("if ", tie("test"), "; then\n", list, "\nelif ", list, "\nthen ", list, "\nelse ", list, "\nfi"),
      joined(text("while ", "until "), list, "\ndo ", list, "\ndone"),
      joined("for x in ", several(word, " ", 3, 0), text("; do ", "\ndo\n"), list, "\ndone"),
      joined("for x; do ", list, "\ndone"),
      joined("for ((i = 0; i < 3; i++)); do ", list, "\ndone"),
      joined(
        "case ",
        word,
        text(" in ", " in\n"),
        several(
          joined(
            text("", "("),
            text("a", "a|b", "'x y' | *", "[ab]*", '"$a"', "@(a|b)"),
            text(") ", ")\n"),
            list,
            "\n",
            text(";;", ";&", ";;&"),
            text(" ", "\n"),
          ),
          "",
          3,
          0,
        ),
        "esac",
      ),
      joined("{ ", list, "\n}"),
      joined("(", list, "\n)"),
      joined(text("f() ", "function f ", "function f() ", "f ()\n"), "{ ", list, "\n}"),
      joined("f() (", list, "\n)"),
      tie("test"),
      text("((a++))", "(( (a + 1) > 2 ))"),
    ),
    element: oneOf(
      tie("command"),
      tie("command"),
      tie("command"),
      tie("compound"),
      joined(tie("compound"), " ", tie("redirect")),
    ),
    statement: oneOf(
      tie("element"),
      joined(tie("element"), text(" | ", "|", " |& ", " |\n  "), tie("element")),
      joined(tie("element"), text(" && ", " || ", "&&\n"), tie("element")),
      joined(text("! ", "time ", "time -p ", "coproc "), tie("plainCommand")),
    ),
    list: oneOf(
      tie("statement"),
      tie("plainCommand"),
      joined(
        several(
          tie("statement").map((each) => each),
          "\n",
          2,
        ),
        tie("separator"),
        tie("statement"),
      ),
      joined(tie("here"), tie("statement")),
    ),
    script: joined(text("", "#!/bin/bash\n", "set -e\n"), several(joined(list, tie("separator")), "", 3)),
  };
}).script;

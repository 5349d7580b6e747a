"""Tries the mutants that cargo-mutants lists, all of them in one build.

cargo-mutants builds once for each mutant, which takes hours. This script writes each function with its mutants into a
copy of the tree: every mutant is an arm of a `match`, and a variable of the environment selects one. The tests are
built once, and run once for each mutant. An arm that does not compile is removed, and counts as unviable. A function
that cannot be written like this, such as one that returns closures of its own, is left to cargo-mutants.
"""

import argparse
import concurrent.futures
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

VARIABLE = "SELECTED_MUTANT"
MODULE = "selected_mutant"

# The crate's own function that returns the number of the selected mutant. No mutant has the number zero.
SELECTION = f"""
#[doc(hidden)]
pub mod {MODULE} {{
    static NUMBER: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    /// The number of the selected mutant.
    pub fn number() -> u32 {{
        *NUMBER.get_or_init(|| std::env::var("{VARIABLE}").ok().and_then(|text| text.parse().ok()).unwrap_or(0))
    }}
}}
"""

# What may contain a brace that is none: comments, strings, characters; and the brackets of a signature.
TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|b?r(#*)".*?"\1|b?"(?:\\.|[^"\\])*"|b?'(?:\\[^u]|\\u\{[^}]*\}|[^\\'])'|[()\[\]{]""", re.DOTALL
)


class Mutant:
    """A mutant of cargo-mutants, with its place as offsets into the text of its file."""

    def __init__(self, number, listed, text):
        self.number = number
        self.name = listed["name"]
        self.file = listed["file"]
        self.replacement = listed["replacement"]
        self.begin, self.end = offsets(text, listed["span"])
        function = listed["function"]
        self.function = offsets(text, function["span"]) if function else None
        self.function_name = function["function_name"] if function else None


def offsets(text, span):
    """Returns the offsets of a span, whose lines and columns count from one."""
    starts = [0] + [found.end() for found in re.finditer("\n", text)]
    return tuple(starts[span[side]["line"] - 1] + span[side]["column"] - 1 for side in ("start", "end"))


def body(text, function):
    """Returns the offsets of a function's body, between its braces."""
    depth = 0
    for token in TOKEN.finditer(text, *function):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token[0], 0)
        if token[0] == "{" and depth == 0:
            return token.end(), function[1] - 1
    return None


def outermost(mutants):
    """Returns the mutants of each function. Those of a function inside of another belong to the outer one."""
    functions = sorted({mutant.function for mutant in mutants}, key=lambda place: (place[0], -place[1]))
    groups, outer = {}, (0, 0)
    for function in functions:
        outer = outer if function[1] <= outer[1] else function
        groups.setdefault(outer, []).extend(mutant for mutant in mutants if mutant.function == function)
    return groups


def with_arms(text, mutants, removed, whole):
    """Returns the text of a file with its mutants as arms, and what each line of it belongs to."""
    parts, at = [], 0
    groups = outermost([mutant for mutant in mutants if mutant.function])
    for function, group in sorted(groups.items()):
        inside = body(text, function)
        left = [mutant for mutant in group if mutant.number not in removed]
        if inside is None or (group[0].file, function[0]) in whole or not left:
            continue
        begin, end = inside
        head = re.sub(r"\bconst (unsafe )?fn\b", r"\1fn", text[max(at, function[0]) : begin])
        parts += [(text[at : max(at, function[0])], None), (head, function[0])]
        parts.append((f"match crate::{MODULE}::number() {{\n", function[0]))
        for mutant in left:
            mutated = text[begin : mutant.begin] + mutant.replacement + text[mutant.end : end]
            parts.append((f"{mutant.number} => {{ {mutated}\n}}\n", mutant))
        parts.append((f"_ => {{ {text[begin:end]}\n}}\n}}", function[0]))
        at = end
    parts.append((text[at:], None))
    return "".join(part for part, _ in parts), owners_of_lines(parts)


def owners_of_lines(parts):
    """Returns the mutant or the function of each line, from the parts of a text and their owners."""
    owners, line = {}, 1
    for part, owner in parts:
        for _ in range(part.count("\n")):
            owners.setdefault(line, owner)
            line += 1
        if owner is not None:
            owners[line] = owner
    return owners


class Tree:
    """The copy of the tree, and the texts of its files before any mutant."""

    def __init__(self, root, target, listed):
        self.root, self.target = root, target
        self.texts = {}
        for entry in listed:
            file = entry["file"]
            self.texts.setdefault(file, (root / file).read_text("utf-8"))
        for library in {f"{Path(file).parts[0]}/src/lib.rs" for file in self.texts}:
            self.texts.setdefault(library, (root / library).read_text("utf-8"))
        self.libraries = {file for file in self.texts if file.endswith("/src/lib.rs")}
        self.mutants = [Mutant(index + 1, entry, self.texts[entry["file"]]) for index, entry in enumerate(listed)]
        self.removed = {}
        self.whole = set()
        self.owners = {}

    def write(self):
        """Writes every file with its mutants."""
        for file, text in self.texts.items():
            mutants = [mutant for mutant in self.mutants if mutant.file == file]
            written, self.owners[file] = with_arms(text, mutants, self.removed, self.whole)
            written += SELECTION if file in self.libraries else ""
            (self.root / file).write_text(written, "utf-8")

    def restore(self):
        for file, text in self.texts.items():
            (self.root / file).write_text(text, "utf-8")

    def cargo(self, arguments):
        """Returns the messages of cargo, and its exit status."""
        command = ["cargo", *arguments, "--message-format=json"]
        environment = os.environ | {"CARGO_TARGET_DIR": str(self.target)}
        ran = subprocess.run(command, cwd=self.root, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        messages = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith(b"{")]
        return messages, ran

    def remove_what_does_not_compile(self, arguments):
        """Removes the arms in which the compiler finds errors, until it finds none."""
        for round_ in range(1, 30):
            self.write()
            messages, ran = self.cargo(arguments)
            errors = [found["message"] for found in messages if found["reason"] == "compiler-message"]
            errors = [error for error in errors if error["level"] == "error" and error["spans"]]
            print(f"build {round_}: {len(errors)} errors", flush=True)
            if ran.returncode == 0:
                return messages
            if not any([self.remove(error) for error in errors]):
                sys.exit(ran.stderr.decode() + "".join(error["rendered"] for error in errors))
        sys.exit("the build still fails")

    def remove(self, error):
        """Removes the arm of an error, or if there is none, the arms of its function. Reports whether there was one."""
        spans = sorted(error["spans"], key=lambda span: not span["is_primary"])
        found = [(span["file_name"], owner) for span in spans for owner in self.span_owners(span)]
        for _, owner in found:
            if isinstance(owner, Mutant):
                self.removed[owner.number] = error["rendered"]
                return True
        for file, owner in found:
            if owner is not None:
                self.whole.add((file, owner))
                return True
        return self.keep_constant(error)

    def keep_constant(self, error):
        """Keeps the functions that a constant calls. Reports whether there is one."""
        called = re.match(r"cannot call non-const \w+ `([^`]+)`", error["message"])
        name = called and called[1].split("::")[-1]
        found = {(mutant.file, mutant.function[0]) for mutant in self.mutants
                 if mutant.function and mutant.function_name.split("::")[-1] == name}
        self.whole |= found
        return bool(found)

    def span_owners(self, span):
        """Returns what the places of an error belong to: those of the macros that it is in as well."""
        while span:
            owners = self.owners.get(span["file_name"], {})
            yield owners.get(span["line_start"])
            span = (span["expansion"] or {}).get("span")

    def is_written(self, mutant):
        """Reports whether a mutant is an arm in the copy."""
        owners = self.owners[mutant.file].values()
        return any(owner is mutant for owner in owners)


class Tests:
    """The stages of the tests: each is a test program with its arguments, and has limits in seconds."""

    def __init__(self, stages, processor_limit, limit):
        self.stages, self.processor_limit, self.limit = stages, processor_limit, limit

    def verdict(self, number):
        """Returns `caught`, `missed` or `timeout`."""
        for folder, command in self.stages:
            variables = {VARIABLE: str(number), "CARGO_MANIFEST_DIR": str(folder), "RUST_BACKTRACE": "0"}
            status = self.status(command, folder, os.environ | variables)
            if status != 0:
                return "timeout" if status in (None, -signal.SIGXCPU, -signal.SIGKILL) else "caught"
        return "missed"

    def status(self, command, folder, environment):
        """Returns the exit status of a test program, 1 as soon as one of its tests fails, or `None` if it hangs.

        A busy loop ends at a limit of processor time, since a slow machine may need long for tests that pass.
        """
        limited = ["prlimit", f"--cpu={self.processor_limit}", *command]
        silent = dict.fromkeys(("stdin", "stderr"), subprocess.DEVNULL)
        with subprocess.Popen(limited, cwd=folder, env=environment, stdout=subprocess.PIPE, **silent) as program:
            is_late = threading.Event()
            timer = threading.Timer(self.limit, lambda: (is_late.set(), program.kill()))
            timer.start()
            # The first test that fails decides.
            failed = any(line.endswith(b"... FAILED\n") for line in program.stdout)
            if failed:
                program.kill()
            timer.cancel()
            status = program.wait()
        return 1 if failed else None if is_late.is_set() else status


def stages(messages, texts):
    """Returns the test programs of a build with their arguments, and the folders of their packages."""
    found = {}
    for message in messages:
        if message["reason"] == "compiler-artifact" and message["executable"] and message["profile"]["test"]:
            kind, folder = message["target"]["kind"][0], Path(message["manifest_path"]).parent
            name = "lib" if kind == "lib" else message["target"]["name"]
            found[f"{folder.name}/{name}"] = (folder, message["executable"])
    for text in texts:
        name, *arguments = text.split()
        if name not in found:
            sys.exit(f"unknown test program {name}; expected one of {sorted(found)}")
        folder, program = found[name]
        yield folder, [program, *arguments]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--target", type=Path, required=True)
    parser.add_argument("--list", type=Path, required=True, help="the output of `cargo mutants --list --json`")
    parser.add_argument("--results", type=Path, required=True)
    parser.add_argument("--build", required=True, help="the arguments of `cargo test` that choose what to build")
    parser.add_argument("--stage", action="append", required=True, help="a test program and its arguments")
    parser.add_argument("--processor-limit", type=int, default=60, help="seconds of processor time for a test program")
    parser.add_argument("--limit", type=int, default=120, help="seconds for a test program")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    arguments = parser.parse_args()

    listed = json.loads(arguments.list.read_text("utf-8"))
    tree = Tree(arguments.root, arguments.target, listed)
    build = ["test", "--no-run", *arguments.build.split()]
    try:
        tree.remove_what_does_not_compile(["check", "--profile", "test", *arguments.build.split()])
        messages = tree.remove_what_does_not_compile(build)
    finally:
        tree.restore()
    tests = Tests(list(stages(messages, arguments.stage)), arguments.processor_limit, arguments.limit)
    for folder, command in tests.stages:
        status = tests.status(command, folder, os.environ | {"CARGO_MANIFEST_DIR": str(folder)})
        if status != 0:
            sys.exit(f"without a mutant, status {status} of {' '.join(map(str, command))}")
    report(tree, tests, arguments)


def known(results):
    """Returns the verdicts that an earlier run has written."""
    lines = results.read_text("utf-8").splitlines() if results.exists() else []
    return {name: verdict for verdict, name in (line.split("\t", 1) for line in lines)}


def report(tree, tests, arguments):
    """Tries each mutant that has no verdict yet, and writes and prints the verdicts."""
    verdicts = known(arguments.results)
    tried = [mutant for mutant in tree.mutants if tree.is_written(mutant) and mutant.name not in verdicts]
    found = {mutant.name: "unviable" if mutant.number in tree.removed else "left"
             for mutant in tree.mutants if not tree.is_written(mutant)}
    print(f"{len(tried)} mutants to try", flush=True)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool, arguments.results.open("a") as results:
        for name, verdict in found.items():
            if name not in verdicts:
                results.write(f"{verdict}\t{name}\n")
        waiting = {pool.submit(tests.verdict, mutant.number): mutant.name for mutant in tried}
        for done in concurrent.futures.as_completed(waiting):
            verdicts[waiting[done]] = done.result()
            results.write(f"{done.result()}\t{waiting[done]}\n")
            results.flush()
    print(dict(Counter((found | verdicts).values())))


if __name__ == "__main__":
    main()

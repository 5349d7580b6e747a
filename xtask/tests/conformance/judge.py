"""Judges the documents of this folder with openapi-spec-validator and with Redocly's `spec` rules.

`judge` runs this script with the Python that has the validator. Each tool runs once, for all documents.
"""

import argparse
import difflib
import json
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import yaml
from openapi_spec_validator import shortcuts
from openapi_spec_validator.readers import read_from_filename

HERE = Path(__file__).resolve().parent
VERDICTS = HERE / "verdicts.json"
VALIDATOR, REDOCLY = "openapi-spec-validator", "redocly"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--redocly", required=True, help="the path of the `redocly` command")
    arguments.add_argument("--write", action="store_true", help="write the verdicts instead of comparing them")
    options = arguments.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder).resolve()
        names = write_documents(folder)
        verdicts = judge(folder, names, options.redocly)
    refused = [f"{name}: {verdict}" for name, verdict in verdicts.items() if is_valid_name(name) and any(verdict.values())]
    if refused:
        sys.exit("a tool refuses a valid document:\n" + "\n".join(refused))
    verdicts = {name: verdict for name, verdict in verdicts.items() if not is_valid_name(name)}
    if options.write:
        VERDICTS.write_text(render(verdicts), encoding="utf-8")
    else:
        compare(render(verdicts))


def is_valid_name(name):
    return name.startswith("valid/")


def write_documents(folder):
    """Writes every document into the folder; returns the name of each file's document."""
    names = {}
    valid = {path.name: path.read_text(encoding="utf-8") for path in sorted((HERE / "valid").iterdir())}
    for name, text in valid.items():
        names[f"valid-{name}"] = f"valid/{name}"
        (folder / f"valid-{name}").write_text(text, encoding="utf-8")
    cases = yaml.safe_load((HERE / "mutations.yaml").read_text(encoding="utf-8"))
    for number, case in enumerate(cases):
        file = f"mutation-{number:03}{Path(case['document']).suffix}"
        name = f"{case['document']}: {case['wrong']}"
        if name in names.values():
            sys.exit(f"two cases are `{name}`")
        names[file] = name
        (folder / file).write_text(mutate(valid[case["document"]], case, name), encoding="utf-8")
    return names


def mutate(text, case, name):
    if text.count(case["replace"]) != 1:
        sys.exit(f"{name}: the text to replace occurs {text.count(case['replace'])} times: {case['replace']!r}")
    return text.replace(case["replace"], case["by"])


def judge(folder, names, redocly):
    """Returns the first objection of each tool to each document, or None, by the name of the document."""
    with ThreadPoolExecutor(1) as pool:
        of_redocly = pool.submit(redocly_objections, folder, list(names), redocly)
        of_validator = {file: validator_objection(folder / file) for file in names}
        return {name: {VALIDATOR: of_validator[file], REDOCLY: of_redocly.result()[file]} for file, name in names.items()}


def validator_objection(path):
    """Returns the first error, or None. A document that the validator fails to read is refused too."""
    try:
        document, base = read_from_filename(str(path))
        validator = shortcuts.get_validator_cls(document)(document, base_uri=base)
        first = next(iter(validator.iter_errors()), None)
        return first and shorten(cause(first).message, path)
    except RecursionError as error:
        return type(error).__name__
    except Exception as error:  # noqa: BLE001: it raises whatever its libraries raise.
        return shorten(f"{type(error).__name__}: {error}", path)


def cause(error):
    """Returns the deepest of the errors that an error sums up: a schema with alternatives reports the whole value."""
    causes = [cause(part) for part in error.context or ()]
    return max(causes, key=lambda part: len(part.absolute_path), default=error)


def redocly_objections(folder, files, redocly):
    """Returns an error in each file that has one. Redocly's warnings are no objections."""
    found, rest = {}, files
    while rest:
        reports, failure = run_redocly(folder, rest, redocly)
        for file, report in zip(rest, reports):
            found[file] = first_error(report, folder)
        rest = rest[len(reports):]
        if rest:
            found[rest[0]] = failure
            rest = rest[1:]
    return found


def run_redocly(folder, files, redocly):
    """Returns Redocly's reports, in the order of the files, and why it stopped before the first file without one."""
    command = [redocly, "lint", "--extends", "spec", "--format", "json", "--max-problems", "100000", *files]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    reports = json_values(run.stdout)
    if len(reports) == len(files):
        return reports, None
    failure = re.search(r"went wrong when processing (\S+):\s*(.*?)\s*$", run.stderr, re.DOTALL)
    if not failure or failure[1] != files[len(reports)]:
        sys.exit(f"Redocly gives {len(reports)} reports on {len(files)} documents: {run.stderr}")
    return reports, shorten(failure[2], folder)


def json_values(text):
    """Splits a text of JSON values that follow each other: Redocly prints a report for each file."""
    decoder, values = json.JSONDecoder(), []
    while text := text.lstrip():
        value, end = decoder.raw_decode(text)
        values.append(value)
        text = text[end:]
    return values


def first_error(report, folder):
    errors = [problem for problem in report["problems"] if problem["severity"] == "error"]
    return min((shorten(f"{error['ruleId']}: {error['message']}", folder) for error in errors), default=None)


def shorten(message, path):
    """Makes a message one line of a readable length that names no file of this machine."""
    line = re.sub(r"\s+", " ", message.replace(str(path), "FILE")).strip()
    return line if len(line) <= 120 else line[:117] + "..."


def render(verdicts):
    lines = [f"  {json.dumps(name, ensure_ascii=False)}: {json.dumps(verdict, ensure_ascii=False)}" for name, verdict in verdicts.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def compare(found):
    committed = VERDICTS.read_text(encoding="utf-8")
    if committed != found:
        sys.stdout.writelines(difflib.unified_diff(
            committed.splitlines(keepends=True), found.splitlines(keepends=True), "committed", "found"))
        sys.exit("the verdicts differ; to update them: xtask/tests/conformance/judge --write")
    count = found.count("\n") - 2
    print(f"the verdicts on {count} mutations are as committed, and both tools accept the valid documents")


if __name__ == "__main__":
    main()

"""As much of GitHub's runner as the project's jobs need: steps with `run`, the few actions that they use, expressions.

A job gets an empty workspace. What is left between jobs is what actions/cache saves and upload-artifact keeps.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.forms.machine import BASH, ROOT, Ended, Machine

Yaml = dict[str, Any]
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_NAME = re.compile(r"'[^']*'|[A-Za-z_][\w.-]*")
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {"always": lambda: True, "toJSON": json.dumps}


def read_yaml(path: Path) -> Yaml:
    """The document at `path`. YAML reads its key `on` as a truth."""
    return {"on" if key is True else key: value for key, value in yaml.safe_load(path.read_text()).items()}


@dataclass
class Contexts:
    """What expressions may name: `vars.X`, `inputs.x`, `steps.judge.outputs.exit-code`."""

    values: dict[str, Any] = field(default_factory=dict)

    def look_up(self, name: str) -> Any:
        """The value of `name`; empty where a known context lacks it, as GitHub has it."""
        context, *members = name.split(".")
        found = self.values[context]
        for member in members:
            found = found.get(member, "") if isinstance(found, Mapping) else ""
        return found

    def evaluate(self, expression: str) -> Any:
        """What `expression` without its braces comes to."""

        def word(match: re.Match[str]) -> str:
            text = match[0]
            literal = text.startswith("'") or text in _FUNCTIONS
            return text if literal else {"true": "True", "false": "False"}.get(text, f"look_up({text!r})")

        python = _NAME.sub(word, expression.strip()).replace("&&", " and ").replace("||", " or ")
        return eval(python, {**_FUNCTIONS, "look_up": self.look_up})  # noqa: S307 - the project's own workflows

    def text(self, value: Any) -> str:
        """`value` of a workflow with its expressions filled in."""
        return _EXPRESSION.sub(lambda match: _show(self.evaluate(match[1])), _show(value))

    def holds(self, condition: str | None) -> bool:
        """Whether a step or job with the `if` of `condition` runs while nothing has failed."""
        return condition is None or bool(self.evaluate(condition.strip().removeprefix("${{").removesuffix("}}")))


def _show(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass
class Job:
    """One job on `machine`; `kept` is what is left of the jobs before: caches and artefacts.

    `code` is the exit code of the step that failed first, 0 where none did.
    """

    machine: Machine
    kept: Path
    run_id: str
    contexts: Contexts
    code: int = 0
    output: str = ""
    used: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.workspace = self.machine.home / f"workspace-{self.run_id}"
        self.files = self.machine.home / f"runner-{self.run_id}"
        for place in (self.workspace, self.files, self.kept):
            place.mkdir(parents=True, exist_ok=True)

    @property
    def summary(self) -> str:
        """The job's summary."""
        return self._file("GITHUB_STEP_SUMMARY")

    def _file(self, name: str) -> str:
        path = self.files / name
        return path.read_text() if path.exists() else ""

    def play(self, steps: list[Yaml]) -> None:
        """Run `steps` in turn; after a failure those that always run."""
        for step in steps:
            condition = step.get("if")
            if (self.code and "always()" not in (condition or "")) or not self.contexts.holds(condition):
                continue
            if "run" in step:
                self._run(step)
            else:
                self._use(step)

    def _run(self, step: Yaml) -> None:
        files = {name: str(self.files / name) for name in ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        own = {name: self.contexts.text(value) for name, value in step.get("env", {}).items()}
        given = {"GITHUB_PATH": str(self.files / "GITHUB_PATH"), "RUNNER_TEMP": str(self.files), **files}
        ended = self.machine.run(
            step["run"],
            {**self.contexts.values["env"], **given, **own},
            words=BASH if step["shell"] == "bash" else step["shell"].split(),
            place=self.workspace,
            path="".join(f"{line}:" for line in self._file("GITHUB_PATH").splitlines()),
        )
        self._note(step, ended)

    def _note(self, step: Yaml, ended: Ended) -> None:
        self.output += ended.output
        self.code = self.code or ended.code
        self.contexts.values["env"].update(_variables(self._file("GITHUB_ENV")))
        outputs = dict(line.split("=", 1) for line in self._file("GITHUB_OUTPUT").splitlines())
        if "id" in step:
            self.contexts.values["steps"][step["id"]] = {"outputs": outputs}

    def _use(self, step: Yaml) -> None:
        name, given = step["uses"].split("@")[0], {k: self.contexts.text(v) for k, v in step.get("with", {}).items()}
        self.used.append(name)
        match name:
            case "./.connect-conformance":
                self._play_action(given)
            case "actions/cache/restore" | "actions/cache/save":
                self._cache(name, given["path"].split())
            case "actions/upload-artifact":
                left, place = self.workspace / given["path"], self.kept / f"{given['name']}-{self.run_id}"
                if left.exists():
                    shutil.copytree(left, place, dirs_exist_ok=True)
            case "actions/setup-python":
                path = str(self.machine.home / "python" / "bin" / "python")
                self.contexts.values["steps"][step["id"]] = {"outputs": {"python-path": path}}
            case "github/codeql-action/upload-sarif":
                assert (self.workspace / given["sarif_file"]).is_file()
            case "actions/checkout":
                assert given["persist-credentials"] == "false"
            case _:
                raise AssertionError(f"nobody plays {name}")

    def _cache(self, name: str, paths: list[str]) -> None:
        for path in paths:
            here, there = self.workspace / path, self.kept / "cache" / path
            source, place = (there, here) if name.endswith("restore") else (here, there)
            if source.exists():
                shutil.rmtree(place, ignore_errors=True)
                shutil.copytree(source, place)

    def _play_action(self, given: Mapping[str, str]) -> None:
        """The project's own action, which sees its inputs and none of the job's."""
        action = read_yaml(ROOT / "action.yml")
        assert set(given) <= set(action["inputs"])
        outer = self.contexts
        github = {**outer.values["github"], "action_path": str(ROOT)}
        self.contexts = Contexts({"github": github, "env": outer.values["env"], "steps": {}})
        defaults = {name: self.contexts.text(row.get("default", "")) for name, row in action["inputs"].items()}
        self.contexts.values["inputs"] = {**defaults, **given}
        self.play(action["runs"]["steps"])
        self.contexts = outer


def _variables(text: str) -> dict[str, str]:
    """What a step has written to GITHUB_ENV, each variable between two marks."""
    found = re.findall(r"^(\w+)<<(\w+)\n(.*?)\n\2$", text, re.MULTILINE | re.DOTALL)
    return {name: value for name, _, value in found}


def play_called_workflow(job: Job, call: Yaml) -> None:
    """Play the workflow that the job `call` of another workflow calls, with its inputs and secrets."""
    workflow = read_yaml(ROOT / call["uses"])
    called = workflow["on"]["workflow_call"]
    given = {name: job.contexts.text(value) for name, value in call.get("with", {}).items()}
    assert set(given) <= set(called["inputs"])
    defaults = {name: row["default"] for name, row in called["inputs"].items()}
    job.contexts.values["inputs"] = {**defaults, **given}
    (only,) = workflow["jobs"].values()
    job.play([{**step, "shell": step.get("shell", "bash")} for step in only["steps"]])

"""Arguments of one request: plain, with one member set to a given value, or without one member.

Whatever a member needs around it (a parent, a companion member) is put there too, valid and plain, so that a request
breaks at most the one promise that it is meant to break.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from conformance.contract.model import Member, Operation
from strategies.examples import companions_of, example, fitting_siblings, is_choice, plain_arguments

Arguments = dict[str, Any]


def member_at(operation: Operation, path: tuple[str, ...]) -> Member:
    """The input member of `operation` at `path`. Raises KeyError when there is none."""
    member = operation.input
    for name in path:
        member = member.child(name)
    return member


def place(
    operation: Operation,
    path: tuple[str, ...],
    value: Any,
    *,
    companions: bool = True,
) -> Arguments:
    """Plain arguments in which the member at `path` has `value`; for a map's ``key`` the key is `value`.

    Without `companions` the members that usually go with it are left out.
    """
    arguments = _with_companions(operation, path) if companions else plain_arguments(operation)

    def put(container: Any, member: Member) -> None:
        _replace(container, member, value)

    _at(operation, arguments, path, put)
    return arguments


def place_fitting(operation: Operation, member: Member, value: Any) -> Arguments:
    """The same of a `value` to be accepted: siblings whose form it names have that form, as a reference's Value has."""
    siblings = fitting_siblings(operation, member.dotted)
    if not isinstance(value, str) or value not in siblings:
        return place(operation, member.path, value)
    return place(operation, member.path[:-1], {member.path[-1]: value, **siblings[value]})


def remove(operation: Operation, path: tuple[str, ...]) -> Arguments:
    """Plain arguments in which the member at `path` is missing from its otherwise valid parent."""
    arguments = _with_companions(operation, path)

    def drop(container: Any, member: Member) -> None:
        container.pop(member.name, None)

    _at(operation, arguments, path, drop)
    return arguments


def structures_without(operation: Operation, member: Member) -> dict[str, dict[str, Any]]:
    """Valid values of the structure around an optional `member` that lack it, each under a name.

    Where a sibling decides the form of `member`, as a reference's Type does of its Value, there is one for each of the
    sibling's values. The first member of a structure stands for the empty structure too, where that means something.
    """
    path = member.path[:-1]
    parent, dotted = member_at(operation, path), ".".join((operation.name, *path))
    deciding = {
        name: fitting_siblings(operation, ".".join((*path, name))) for name in (child.name for child in parent.members)
    }
    found = {
        f"absent, {name} {value}": {name: value}
        for name, values in deciding.items()
        for value, siblings in values.items()
        if member.name in siblings
    }
    plain = plain_arguments(operation)
    whole = _read(plain, path) if path[0] in plain else example(operation, parent)
    rest = {name: value for name, value in whole.items() if name != member.name}
    if not rest:
        others = [child for child in parent.members if child.name != member.name]
        rest = {child.name: example(operation, child) for child in others[:1]}
    found |= {"absent": rest} if rest and not found else {}
    emptied = member == parent.members[0] and not any(child.required for child in parent.members)
    return found | ({"nothing in it": {}} if emptied and not is_choice(dotted) else {})


def add_unknown(operation: Operation, path: tuple[str, ...], value: Any) -> Arguments:
    """Plain arguments in which the structure at `path` (empty: the input) has a member nobody knows."""
    arguments = _with_companions(operation, path)
    structure: Any = arguments
    if path:
        _at(operation, arguments, path, lambda *_: None)
        structure = _read(arguments, path)
    structure["ConformanceUnknownMember"] = value
    return arguments


def _with_companions(operation: Operation, path: tuple[str, ...]) -> Arguments:
    arguments = plain_arguments(operation)
    for depth in range(1, len(path) + 1):
        arguments.update(companions_of(operation, ".".join(path[:depth])))
    return arguments


def _at(operation: Operation, arguments: Arguments, path: tuple[str, ...], act: Callable[[Any, Member], None]) -> None:
    """Walk down `path`, making valid parents where there are none, and let `act` change the last container."""
    container: Any = arguments
    for depth in range(1, len(path) + 1):
        member = member_at(operation, path[:depth])
        if _lacks(container, member):
            _replace(container, member, example(operation, member))
        if depth == len(path):
            act(container, member)
        else:
            container = _step(container, member.name)


def _lacks(container: Any, member: Member) -> bool:
    return isinstance(container, dict) and member.name not in ("key", "value") and member.name not in container


def _replace(container: Any, member: Member, value: Any) -> None:
    """Put `value` in the place of `member`: a list's last element, a map's only entry, or a member."""
    if member.name == "member":
        container[-1] = value
    elif member.name == "key":
        container[value] = container.pop(next(iter(container)))
    elif member.name == "value":
        container[next(iter(container))] = value
    else:
        container[member.name] = value


def _step(container: Any, name: str) -> Any:
    if name == "member":
        return container[-1]
    if name == "value":
        return container[next(iter(container))]
    return container[name]


def _read(arguments: Arguments, path: tuple[str, ...]) -> Any:
    container: Any = arguments
    for name in path:
        container = _step(container, name)
    return container

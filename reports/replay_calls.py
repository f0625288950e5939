"""Recorded calls in the form in which they can be made again, and what they need."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Call:
    """One recorded call, ready to be made again.

    `base` is ``connect``, ``participant`` or "" where `path` is a whole URL. `signing` names the service that the
    call is signed for, or None. `captures` are variables to fill from its reply, each with the path to the value.

    `alike` are variables for texts that resemble captured ones on purpose. Each has the captured variable and whether
    its last character differs; if not, that character is left out.

    `starts` says that it starts a contact, `listens` that the web socket of its reply is to be opened.
    """

    method: str
    base: str
    path: str
    headers: tuple[tuple[str, str], ...]
    body: str | None
    signing: str | None
    captures: tuple[tuple[str, tuple[str | int, ...]], ...]
    alike: tuple[tuple[str, str, bool], ...]
    starts: bool
    listens: bool

    @property
    def has_content_type(self) -> bool:
        """Whether the request named its content type; a client may add one where it did not."""
        return any(name.lower() == "content-type" for name, _ in self.headers)


@dataclass(slots=True)
class Replay:
    """Recorded calls and all that must be known before they can be made.

    `names` maps recorded text to variable. `chats` is how many chats are opened first, `resources` are made in the
    first of them. `fresh` maps variables to recorded client tokens, `made_up` to lengths in code points, `asked` to
    what the environment must give. `notes` say what cannot be repeated exactly. `signed_anew` says that the test itself
    had signed the judged call.
    """

    calls: list[Call] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    chats: int = 0
    fresh: dict[str, str] = field(default_factory=dict)
    resources: set[str] = field(default_factory=set)
    made_up: dict[str, int] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    signed_anew: bool = False

    def variable(self, text: str, wish: str) -> str:
        """The variable that stands for `text`, called `wish` or, where that is taken, `wish` with a number."""
        if text not in self.names:
            taken = set(self.names.values())
            numbered = (wish if number == 1 else f"{wish}_{number}" for number in range(1, len(taken) + 2))
            self.names[text] = next(name for name in numbered if name not in taken)
        return self.names[text]

    def open_chat_for(self, variable: str) -> None:
        """Have as many chats opened as the number at the end of `variable` says; one where it has none."""
        number = variable.rpartition("_")[2]
        self.chats = max(self.chats, int(number) if number.isdigit() else 1)

    def needs(self, *names: str) -> bool:
        """Whether any of the resources `names` must be made."""
        return not self.resources.isdisjoint(names)

    @property
    def starts(self) -> bool:
        """Whether a contact is started that is to be stopped at the end."""
        return self.chats > 0 or any(call.starts for call in self.calls)

    @property
    def listens(self) -> bool:
        """Whether a web socket is opened."""
        return any(call.listens for call in self.calls)

    def note(self, sentence: str) -> None:
        """Add `sentence` unless it is there already."""
        if sentence not in self.notes:
            self.notes.append(sentence)

"""The models of `fallbacks`, asked one after the other until one answers (docs: Refusals and fallback)."""

from __future__ import annotations

from typing import Any

from mockserver.clearing import shown_tokens
from mockserver.endpoints.accounting import accounted
from mockserver.errors import ApiError
from mockserver.exchange import Exchange
from mockserver.fallback_credit import is_granted, repriced, told
from mockserver.fallbacks import in_turn
from mockserver.replies.deciding import Decision, Scene, chosen_next, followed
from mockserver.replies.falling import Hop, joined
from mockserver.replies.improvise import improvised
from mockserver.request import Request
from mockserver.scripts.book import Choice, Miss

# A model that is rate limited or overloaded is not asked: the refusal before it stands, and names it.
NOT_ASKED = (429, 529)
Given = Choice | Miss | None


def goes_on(request: Request) -> bool:
    """Whether there is more to a refusal of this request than its message."""
    return bool(request.body.get("fallbacks")) or is_granted(request)


class Chain:
    """Makes the message of a request whose model declined, where that one `goes_on`."""

    def __init__(self, exchange: Exchange, seed: int, message_id: str) -> None:
        self._exchange = exchange
        self._workspace = exchange.workspace
        self._scene = Scene(self._workspace.book, self._workspace.ids, seed)
        self._message_id = message_id
        self._decision: Decision | None = None
        self._given: list[Given] = []

    def asked_on(
        self, first: Hop, decision: Decision | None, given: Given
    ) -> tuple[dict[str, Any], Decision | None]:
        """The message, and what a script says about it. Raises the ApiError that one has in store for a model."""
        self._decision, self._given = decision, [given]
        hops, recommended = [first], None
        for request in in_turn(first.request, first.category):
            if not hops[-1].declined:
                break
            try:
                hops.append(self._hop(request, hops[-1]))
            except ApiError as error:
                if error.status not in NOT_ASKED:
                    raise
                recommended = request.model.id
                break
        whole = joined(hops)
        if whole["stop_details"] is not None:
            self._tell(whole, first.request, hops[-1].request, recommended)
        return whole, self._decision

    def _tell(
        self, whole: dict[str, Any], asked: Request, last: Request, recommended: str | None
    ) -> None:
        """Have a refusal that stands tell what can be done; what a script says of that stays."""
        more: dict[str, Any] = {}
        if is_granted(asked):
            workspace = self._workspace
            more = told(asked, last.model, whole, workspace.id, workspace.cache)
        if asked.body.get("fallbacks"):
            more["recommended_model"] = recommended
        for name, value in more.items():
            whole["stop_details"].setdefault(name, value)

    def _hop(self, request: Request, before: Hop) -> Hop:
        quotas = self._workspace.quotas
        if quotas is not None:
            quotas.admit(request.model.id, shown_tokens(request))
        choice = chosen_next(request, self._workspace.book, self._exchange.raw_headers, self._given)
        if choice is None:
            self._decision = None
            answer = improvised(request, self._scene.ids, self._scene.seed)
        else:
            self._given.append(choice)
            self._decision = decision = followed(request, choice, self._scene)
            self._exchange.script = decision.script
            answer = decision.answer
        whole = accounted(request, answer, self._message_id, self._workspace.cache)
        # docs, Fallback credit: it is applied by itself here.
        repriced(whole["usage"], before.whole["usage"]["cache_read_input_tokens"])
        if quotas is not None:
            quotas.use(whole["usage"])
        return Hop(request, answer, whole)

"""Which failures of a model are tried again, with a word on each."""

from __future__ import annotations

import inspect
import sys

from agents import RetryDecision, RetryPolicyContext, retry_policies

WORTH_IT = retry_policies.any(
    retry_policies.provider_suggested(),
    retry_policies.retry_after(),
    retry_policies.network_error(),
    retry_policies.http_status([408, 409, 429, 500, 502, 503, 504]),
)


async def noted(context: RetryPolicyContext) -> bool | RetryDecision:
    found = WORTH_IT(context)
    decision = await found if inspect.isawaitable(found) else found
    goes_on = decision.retry if isinstance(decision, RetryDecision) else decision
    what = "once more" if goes_on else "no more"
    print(f"attempt {context.attempt} failed, {what}", file=sys.stderr)
    return decision

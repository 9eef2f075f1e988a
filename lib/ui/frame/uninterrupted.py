"""A widget's callback that is done to its end, whatever the visitor presses meanwhile.

Streamlit stops a run for a newer request at every look into the session's state, also in the
midst of a callback; the newer run knows the widget's new value already and does not call back
again. What the callback was to do would be lost: a weight that shows 20 and counts as 34.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from streamlit.runtime.scriptrunner import RerunException, get_script_run_ctx

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def uninterrupted(work: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Begins the work anew where a newer request stops it, and hands that request back once it is done.

    The work must look into the session before it changes anything, or change nothing twice;
    and it must not ask for a run itself.
    """

    @wraps(work)
    def whole(*given: Given.args, **named: Given.kwargs) -> Answer:
        newer = []
        while True:
            try:
                answer = work(*given, **named)
                break
            except RerunException as stopped:
                newer.append(stopped.rerun_data)
        context = get_script_run_ctx()
        for request in newer:
            if context is not None and context.script_requests is not None:
                context.script_requests.request_rerun(request)
        return answer

    return whole

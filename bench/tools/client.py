"""A visitor without a browser: speaks to the server as Streamlit's own page does, and says when what has arrived."""

import asyncio
import time
from dataclasses import dataclass, field

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

PATIENCE_SECONDS = 120

HEADLINE = "#### "
"""What the sentence a page opens with begins with."""


@dataclass(frozen=True)
class Answer:
    """What came after a request, in seconds from it: the first figure, and the end of the run; None: no figure."""

    figures: float | None
    done: float


@dataclass
class Visitor:
    """One session. `sliders` are the controls seen so far, by label, with what the server needs to know of each."""

    socket: websockets.ClientConnection
    page_hash: str = ""
    page_name: str = ""
    sliders: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    """The sentences and figures of the page last asked for, in the order they came."""
    _values: dict[str, float] = field(default_factory=dict)

    async def open(self, page: str = "") -> Answer:
        """Opens a page by the end of its address."""
        self.page_name, self.page_hash = page, ""
        self._values.clear()
        return await self._ask(BackMsg())

    async def move(self, label: str, value: float) -> Answer:
        """Moves the slider whose label begins so."""
        widget = next(widget for name, widget in self.sliders.items() if name.startswith(label))
        self._values[widget] = value
        message = BackMsg()
        for name, number in self._values.items():
            state = WidgetState(id=name)
            state.double_array_value.data.append(number)
            message.rerun_script.widget_states.widgets.append(state)
        return await self._ask(message)

    async def _ask(self, message: BackMsg) -> Answer:
        message.rerun_script.page_script_hash = self.page_hash
        message.rerun_script.page_name = self.page_name
        started = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        figures = None
        self.said = []
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await asyncio.wait_for(self.socket.recv(), PATIENCE_SECONDS))
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self.page_hash = answer.new_session.page_script_hash
            elif kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
                element = answer.delta.new_element
                what = element.WhichOneof("type")
                if what == "slider":
                    self.sliders[element.slider.label] = element.slider.id
                elif what == "metric":
                    figures = time.perf_counter() - started if figures is None else figures
                    self.said.append(f"{element.metric.label}: {element.metric.body}")
                elif what == "markdown" and element.markdown.body.startswith(HEADLINE):
                    self.said.append(element.markdown.body)
                elif what == "exception":
                    self.faults.append(element.exception.message)
            elif kind == "script_finished" and _is_the_end(answer):
                return Answer(figures, time.perf_counter() - started)


def _is_the_end(answer: ForwardMsg) -> bool:
    """A run that asks for another (`st.rerun`) finishes early, and the other one follows."""
    return answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


async def visitor(address: str) -> Visitor:
    """A new session on the server at an address that begins with http."""
    socket = await websockets.connect(
        f"{address.replace('http', 'ws', 1)}/_stcore/stream",
        max_size=None,
        # Nobody's websocket is let in that does not say, as browsers do, whose page it is.
        origin=websockets.Origin(address),
        subprotocols=[websockets.Subprotocol("streamlit")],
    )
    return Visitor(socket)

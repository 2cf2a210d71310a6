"""What a caller's leg should do, in TwiML."""

from urllib.parse import urlencode

from twilio.twiml.voice_response import Dial, VoiceResponse

from services.gateway.domain.voice_call import (
    Ask,
    Call,
    Connect,
    HangUp,
    Hold,
    Instruction,
    JoinRoom,
    KeepLine,
    TakeMessage,
    Tell,
)

#: One queue for all waiting callers: it only plays music, for routing decides who is next.
_QUEUE = "switchyard"
_RING_SECONDS = 20
_ANSWER_SECONDS = 8
#: Between two announcements on hold.
_HOLD_SECONDS = 25
#: A message ends after so much silence, and is no longer than this.
_SILENCE_SECONDS = 5
_MESSAGE_SECONDS = 180

_WORDS = {
    "en-US": {
        "hold": "Please hold. An agent will be with you shortly.",
        "offer": "Press 1 to be called back. You keep your place in the queue.",
        "moment": "One moment, please.",
        "parting": "Thank you for calling. Please stay on the line for a moment.",
        "thanks": "Thank you. Goodbye.",
        "message": "We cannot take your call now. Please try again later.",
        "callback": "We will call you back. Goodbye.",
        "voicemail": "Nobody can take your call now. Please leave a message after the tone.",
    },
    "zh-CN": {
        "hold": "请稍候，正在为您转接人工座席。",
        "offer": "如需回电，请按 1，您的排队位置将为您保留。",
        "moment": "请稍候。",
        "parting": "感谢您的来电，请稍候不要挂机。",
        "thanks": "谢谢您的评价，再见。",
        "message": "目前无法接听您的来电，请稍后再拨。",
        "callback": "我们会尽快给您回电，再见。",
        "voicemail": "目前无人接听，请在提示音后留言。",
    },
}


class TwilioTwiml:
    """`public_url` is where Twilio reaches us; `patience_seconds` is how long a caller is kept for a question."""

    def __init__(self, public_url: str, *, patience_seconds: int = 10) -> None:
        self._public_url = public_url.rstrip("/")
        self._patience_seconds = patience_seconds

    def render(self, call: Call, instruction: Instruction) -> str:
        """The document that makes the call's leg follow the instruction."""
        response = VoiceResponse()
        match instruction:
            case Hold(greeting=greeting):
                self._hold(response, call, greeting)
            case Connect():
                self._connect(response, call, instruction)
            case JoinRoom(offer_id=offer_id):
                action = self._url(call, "dialled", offer=offer_id, room="1")
                response.append(_room(offer_id, action=action, method="POST"))
            case KeepLine():
                self._keep(response, call)
            case _:
                self._last_word(response, call, instruction)
        return str(response)

    def agent_in_room(self, call: Call) -> str:
        """What moves the agent's leg into the room of its offer."""
        response = VoiceResponse()
        response.append(_room(call.offer_id))
        return str(response)

    def waiting(self, call: Call, *, offers_callback: bool = False) -> str:
        """What is heard on hold; Twilio asks for it again when it has ended."""
        response = VoiceResponse()
        if call.announcement:
            self._say(response, call, call.announcement)
        if offers_callback:
            action = self._url(call, "callback")
            gather = response.gather(num_digits=1, timeout=_HOLD_SECONDS, action=action, method="POST")
            self._say(gather, call, _words(call)["hold"])
            for words in _WORDS.values():
                self._say(gather, call, words["offer"])
            return str(response)
        self._say(response, call, _words(call)["hold"])
        response.pause(length=_HOLD_SECONDS)
        return str(response)

    def one_moment(self, call: Call) -> str:
        """What is heard until the leg is told otherwise."""
        response = VoiceResponse()
        self._say(response, call, _words(call)["moment"])
        response.pause(length=_HOLD_SECONDS)
        return str(response)

    def leave_queue(self) -> str:
        """Stop waiting: the queue's action is asked next, and answers with what the leg should do."""
        response = VoiceResponse()
        response.leave()
        return str(response)

    def queue_again(self, call: Call, *, after_seconds: int) -> str:
        """Try the queue again later: it was full, or failed."""
        response = VoiceResponse()
        response.pause(length=after_seconds)
        response.redirect(self._url(call, "next"), method="POST")
        return str(response)

    def _hold(self, response: VoiceResponse, call: Call, greeting: str) -> None:
        if greeting:
            self._say(response, call, greeting)
        response.enqueue(
            _QUEUE,
            action=self._url(call, "queue"),
            method="POST",
            wait_url=self._url(call, "wait"),
            wait_url_method="POST",
        )

    def _connect(self, response: VoiceResponse, call: Call, agent: Connect) -> None:
        action = self._url(call, "dialled", offer=agent.offer_id)
        # Agents' telephones show our number where we call the customer, who would be shown otherwise.
        shown = {"caller_id": call.called} if call.is_outgoing and call.called else {}
        dial = Dial(action=action, method="POST", timeout=_RING_SECONDS, answer_on_bridge=True, **shown)
        address = agent.agent_address
        if address.startswith("+"):
            dial.number(address)
        elif address.startswith("sip:"):
            dial.sip(address)
        else:
            dial.client(address or agent.agent_id)
        response.append(dial)

    def _last_word(self, response: VoiceResponse, call: Call, instruction: Ask | Tell | TakeMessage | HangUp) -> None:
        match instruction:
            case Ask(question=question):
                self._ask(response, call, question.delivery_id, question.text)
            case Tell(last_step=last_step, announcement=announcement):
                self._tell(response, call, last_step, announcement)
            case TakeMessage(announcement=announcement):
                self._take_message(response, call, announcement)
            case HangUp(thanks=thanks):
                self._hang_up(response, call, thanks=thanks)

    def _keep(self, response: VoiceResponse, call: Call) -> None:
        self._say(response, call, _words(call)["parting"])
        response.pause(length=self._patience_seconds)
        response.redirect(self._url(call, "next", patience="over"), method="POST")

    def _ask(self, response: VoiceResponse, call: Call, delivery_id: str, text: str) -> None:
        action = self._url(call, "survey", delivery=delivery_id)
        gather = response.gather(num_digits=1, timeout=_ANSWER_SECONDS, action=action, method="POST")
        self._say(gather, call, text)
        response.hangup()

    def _tell(self, response: VoiceResponse, call: Call, last_step: str, announcement: str) -> None:
        words = _words(call)
        self._say(response, call, announcement or words.get(last_step, words["message"]))
        response.hangup()

    def _take_message(self, response: VoiceResponse, call: Call, announcement: str) -> None:
        """What follows the recording is followed only where nothing was said."""
        self._say(response, call, announcement or _words(call)["voicemail"])
        response.record(
            action=self._url(call, "recorded"),
            method="POST",
            timeout=_SILENCE_SECONDS,
            max_length=_MESSAGE_SECONDS,
            finish_on_key="#",
            play_beep=True,
            recording_status_callback=self._url(call, "recording"),
            recording_status_callback_method="POST",
            recording_status_callback_event="completed absent",
        )
        response.redirect(self._url(call, "recorded"), method="POST")

    def _hang_up(self, response: VoiceResponse, call: Call, *, thanks: bool) -> None:
        if thanks:
            self._say(response, call, _words(call)["thanks"])
        response.hangup()

    def _say(self, verb: VoiceResponse, call: Call, text: str) -> None:
        verb.say(text, language=_language(text or call.greeting))

    def _url(self, call: Call, what: str, **query: str) -> str:
        if call.is_outgoing:
            query = {"contact": call.contact_id, **query}
        told = f"?{urlencode(query)}" if query else ""
        return f"{self._public_url}/v1/providers/twilio/{call.tenant}/voice/{what}{told}"


def _room(offer_id: str, **attributes: str) -> Dial:
    """The room is over when caller or agent leaves; who follows them may come and go."""
    dial = Dial(**attributes)
    dial.conference(offer_id, beep="false", start_conference_on_enter=True, end_conference_on_exit=True)
    return dial


def _language(text: str) -> str:
    return "zh-CN" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en-US"


def _words(call: Call) -> dict[str, str]:
    """In the language of the greeting that the caller heard."""
    return _WORDS[_language(call.greeting)]

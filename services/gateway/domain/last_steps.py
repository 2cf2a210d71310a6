"""What a customer is told as routing lets them go, where the queue has no words of its own."""

VOICEMAIL, CALLBACK, MESSAGE = "voicemail", "callback", "message"

#: In both languages of the platform, for nobody has said yet which one the customer reads.
_WORDS = {
    VOICEMAIL: "We have your message and will come back to you. 我们已收到您的留言，会尽快与您联系。",
    CALLBACK: "We will call you back. 我们会尽快给您回电。",
    MESSAGE: "Nobody can serve you now. Please try again later. 目前无法为您服务，请稍后再试。",
}


def words_for(last_step: str, announcement: str) -> str:
    """Give the queue's own announcement, or the platform's words for the step."""
    return announcement or _WORDS.get(last_step, _WORDS[MESSAGE])

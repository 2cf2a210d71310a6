"""Why notify refuses.

NotifyError
├── TemplateNotFound, TemplateExists, TemplateInvalid, TooManyTemplates
├── SurveyNotFound, SurveyExists, TooManySurveys
├── ResponseNotFound, RatingOutsideScale, AnswerTooLate
├── NoticeNotFound
└── VersionStale
"""


class NotifyError(Exception):
    """A request was refused; `code` is stable, `pointer` names the field at fault, if one is."""

    code = "notify-refused"
    pointer = ""


class TemplateNotFound(NotifyError):
    """The tenant has no such template, or no such version of it."""

    code = "template-not-found"

    def __init__(self, template_id: str) -> None:
        super().__init__(f"There is no template {template_id!r}.")
        self.template_id = template_id


class TemplateExists(NotifyError):
    """The tenant has a template of that id already."""

    code = "template-exists"
    pointer = "/id"

    def __init__(self, template_id: str) -> None:
        super().__init__(f"There is a template {template_id!r} already.")
        self.template_id = template_id


class TemplateInvalid(NotifyError):
    """The template cannot be read, asks for what is not there, or takes more than a template may."""

    code = "template-invalid"

    def __init__(self, pointer: str, detail: str) -> None:
        super().__init__(detail)
        self.pointer = pointer


class TooManyTemplates(NotifyError):
    """The tenant has as many templates as one list shows."""

    code = "too-many-templates"

    def __init__(self, most: int) -> None:
        super().__init__(f"A tenant has at most {most} templates of its own.")


class SurveyNotFound(NotifyError):
    """The tenant has no such survey setting."""

    code = "survey-not-found"

    def __init__(self, survey_id: str) -> None:
        super().__init__(f"There is no survey {survey_id!r}.")
        self.survey_id = survey_id


class SurveyExists(NotifyError):
    """The queue has a survey setting already."""

    code = "survey-exists"
    pointer = "/queue"

    def __init__(self, survey_id: str) -> None:
        super().__init__(f"There is a survey {survey_id!r} already.")
        self.survey_id = survey_id


class TooManySurveys(NotifyError):
    """The tenant has as many survey settings as one list shows."""

    code = "too-many-surveys"

    def __init__(self, most: int) -> None:
        super().__init__(f"A tenant has at most {most} survey settings.")


class ResponseNotFound(NotifyError):
    """The tenant has no such survey response."""

    code = "survey-response-not-found"

    def __init__(self, response_id: str) -> None:
        super().__init__(f"There is no survey response {response_id!r}.")
        self.response_id = response_id


class RatingOutsideScale(NotifyError):
    """The rating is not on the scale that the survey announced."""

    code = "rating-outside-scale"

    def __init__(self, rating: int, scale_max: int) -> None:
        super().__init__(f"A rating is from 1 to {scale_max}, not {rating}.")


class AnswerTooLate(NotifyError):
    """The answer came after the survey's time."""

    code = "answer-too-late"

    def __init__(self) -> None:
        super().__init__("The survey's time had run out when the answer came.")


class NoticeNotFound(NotifyError):
    """The tenant has no such notice."""

    code = "notice-not-found"

    def __init__(self, notice_id: str) -> None:
        super().__init__(f"There is no notice {notice_id!r}.")
        self.notice_id = notice_id


class VersionStale(NotifyError):
    """The client insisted on a version that is no longer the current one."""

    code = "version-stale"

    def __init__(self, current: int) -> None:
        super().__init__(f"The current version is {current}.")
        self.current = current

"""What the image service reports of a task."""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.requests.model import AreaTier
from bot.failure_kinds import TASK_FAILED, Failure, FailureKind


class TaskStatus(StrEnum):
    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"
    UNKNOWN = "UNKNOWN"  # not there, or older than the 24 h for which the vendor keeps it


@dataclass(frozen=True, slots=True)
class TaskResult:
    """One image of a task: a signed URL, or why there is none.

    Attributes:
        url: opaque; its query string is a secret for a day.
        orig_prompt: the prompt as the vendor took it, perhaps cut; None where it doesn't say.
        actual_prompt: the prompt as the vendor rewrote it; None where it did not.
        kind: what the code means, where there is one.
    """

    url: str | None = field(default=None, repr=False)
    code: str = ""
    message: str = ""
    orig_prompt: str | None = None
    actual_prompt: str | None = None
    kind: FailureKind = FailureKind.UNKNOWN


@dataclass(frozen=True, slots=True)
class TaskReport:
    """The answer to a query.

    Attributes:
        image_count: images that the vendor bills; None where it doesn't say, as of a success without results.
        total: images that were asked for; None where the vendor doesn't say.
        code: why it failed, in the vendor's word; empty where it gives none.
        kind: what that means.
        area: of its images, as the vendor counts it for the price; None where it doesn't say.
        input_count: pictures that came in which the vendor bills; None where it doesn't say.
    """

    task_id: str
    status: TaskStatus
    results: tuple[TaskResult, ...] = ()
    image_count: int | None = 0
    total: int | None = None
    code: str = ""
    message: str = ""
    request_id: str = ""
    kind: FailureKind = FailureKind.UNKNOWN
    area: AreaTier | None = None
    input_count: int | None = None

    @property
    def failure(self) -> Failure:
        """Why the task failed, as far as the vendor says."""
        failure = Failure(self.code, self.kind) if self.code else TASK_FAILED
        return failure.of_request(self.request_id)

    @property
    def lacks_results(self) -> bool:
        """Whether the task succeeded and names no image, though it may bill some."""
        return self.status is TaskStatus.SUCCEEDED and not self.results and self.image_count != 0


@dataclass(frozen=True, slots=True)
class TaskSummary:
    """A row of the vendor's task list, which holds no prompts."""

    task_id: str
    model: str
    status: str
    created_ms: int


@dataclass(frozen=True, slots=True)
class CreatedTask:
    """The answer to a create."""

    task_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A result that was fetched, decoded and kept.

    Attributes:
        path: relative to the folder of kept pictures.
        size_bytes: of the file as the vendor made it.
    """

    path: str
    size_bytes: int
    width: int
    height: int

"""The JSON of the task routes, field for field as recorded (the notes' §1.2 to §1.4) or as the vendor's pages print it.

A task answers in the form of the protocol by which it was created.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sandbox.dashscope.models import LARGE_ABOVE
from sandbox.dashscope.refusals import Failure
from sandbox.dashscope.tasks import Status, TaskRecord

BEIJING = timezone(timedelta(hours=8))
Json = dict[str, Any]


def local_time(at_ms: int) -> str:
    """A query's times are UTC+8 without saying so: ``2024-03-01 17:38:24.817``."""
    moment = datetime.fromtimestamp(at_ms // 1000, BEIJING)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{at_ms % 1000:03d}"


def filter_time_ms(text: str) -> int:
    """Milliseconds since the epoch of a list filter, ``YYYYMMDDhhmmss``.

    Guess: in UTC+8, as the query's times.

    Raises:
        ValueError: it has another form.
    """
    if len(text) != 14 or not text.isdecimal():
        raise ValueError(text)
    moment = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
    return int(moment.astimezone(UTC).timestamp()) * 1000


def unknown_body(request_id: str, task_id: str) -> Json:
    return {"request_id": request_id, "output": {"task_id": task_id, "task_status": Status.UNKNOWN}}


def query_body(request_id: str, task: TaskRecord, status: str) -> Json:
    """Return the answer about ``task`` as if it was in ``status``."""
    if status == Status.UNKNOWN:
        return unknown_body(request_id, task.task_id)
    if status == Status.SUCCEEDED:
        return _succeeded(request_id, task)
    if status == Status.FAILED and task.failure is not None:
        return _failed(request_id, task, task.failure)
    output: Json = {"task_id": task.task_id, "task_status": status, "submit_time": local_time(task.submit_ms)}
    # Guess: PENDING and CANCELED have no scheduled_time, CANCELED has an end_time.
    if status not in (Status.PENDING, Status.CANCELED):
        output["scheduled_time"] = local_time(task.scheduled_ms or task.submit_ms)
    if status == Status.CANCELED:
        output["end_time"] = local_time(task.end_ms or task.submit_ms)
    return {"request_id": request_id, "output": output | _metrics(task, 0, 0)}


def call_body(call: TaskRecord) -> Json:
    """Return the answer to a call: what a task of the newer form says once it SUCCEEDED, without the task."""
    if not call.names_results():
        return {"output": {"choices": []}, "request_id": call.request_id}
    return _chosen(call.request_id, call, {})


def list_body(request_id: str, tasks: Sequence[TaskRecord], page_no: int, page_size: int) -> Json:
    """One page of ``tasks``; its times are milliseconds, unlike a query's."""
    start = (page_no - 1) * page_size
    return {
        "total": len(tasks),
        "data": [_listed(task) for task in tasks[start : start + page_size]],
        "total_page": math.ceil(len(tasks) / page_size),
        "page_no": page_no,
        "request_id": request_id,
        "page_size": page_size,
    }


def models_body(
    request_id: str, models: Sequence[str], offline_times: Mapping[str, object], page_no: int, page_size: int
) -> Json:
    """One page of the list of models.

    Guess: all but ``models``, ``prices``, ``published_time`` and ``inference_offline_info.offline_time``, which the
    vendor's page names; and that a model without an end has no ``inference_offline_info``.
    """
    start = (page_no - 1) * page_size
    entries: list[Json] = []
    for name in models[start : start + page_size]:
        entry: Json = {"model": name, "name": name, "published_time": "2025-01-01 00:00:00", "prices": []}
        if name in offline_times:
            entry["inference_offline_info"] = {"offline_time": offline_times[name]}
        entries.append(entry)
    output = {"total": len(models), "page_no": page_no, "page_size": page_size, "models": entries}
    return {"request_id": request_id, "output": output}


def _succeeded(request_id: str, task: TaskRecord) -> Json:
    failed = sum(isinstance(image, Failure) for image in task.images)
    output: Json = {
        "task_id": task.task_id,
        "task_status": Status.SUCCEEDED,
        "submit_time": local_time(task.submit_ms),
        "scheduled_time": local_time(task.scheduled_ms or task.submit_ms),
        "end_time": local_time(task.end_ms or task.submit_ms),
    }
    if not task.names_results():
        return {"request_id": request_id, "output": output | {_images_key(task): None}}
    if not task.order.model.is_older:
        return _chosen(request_id, task, output)
    output |= {"results": [_result(task, image) for image in task.images]}
    output |= _metrics(task, len(task.images) - failed, failed)
    return {"request_id": request_id, "output": output, "usage": {"image_count": task.image_count}}


def _chosen(request_id: str, task: TaskRecord, output: Json) -> Json:
    """The newer form: wan has one choice for each image, the others have all of them in one.

    Guess: one that failed is left out; the pages show none. Of what was asked for nothing is said.
    """
    made = [image for image in task.images if isinstance(image, str)]
    model = task.order.model
    if model.usage == "size":
        output |= {"finished": True, "choices": [_choice({"image": image, "type": "image"}) for image in made]}
    else:
        # Recorded of a qwen-image: its parts have no type.
        output |= {"choices": [_choice(*({"image": image} for image in made), *_text(task))]}
    if model.says_text and task.order.prompt_extend:
        output["choices"][0]["message"]["reasoning_content"] = "What would make this picture better?"
    if model.has_modes and task.order.prompt_extend:
        output |= {"rewrite_status": "success"}  # Guess: the word.
    return {"request_id": request_id, "output": output, "usage": _usage(task)}


def _text(task: TaskRecord) -> list[Json]:
    """Return the part with the prompt as it was drawn, of a model that answers with it."""
    return [{"text": task.actual_prompt or task.prompt}] if task.order.model.says_text else []


def _usage(task: TaskRecord) -> Json:
    order = task.order
    tokens_in, tokens_out = order.model.tokens
    tokens = {"input_tokens": tokens_in, "output_tokens": tokens_out, "total_tokens": tokens_in + tokens_out}
    match order.model.usage:
        case "size":
            return {"size": f"{order.width}*{order.height}", "image_count": task.image_count, **tokens}
        case "sides":
            sides = {"width": order.width, "height": order.height, "image_count": task.image_count}
            return sides | tokens if order.model.says_text else sides
        case "tiers":
            tier = "2k" if order.width * order.height > LARGE_ABOVE else "1k"
            return {
                "output_width": order.width,
                "output_height": order.height,
                "input_image_count": len(order.pictures),
                "input_image_type": f"qima_input_{tier}",
                "output_image_count": task.image_count,
                "output_image_type": f"qima_output_{tier}",
            }


def _choice(*parts: Json) -> Json:
    return {"finish_reason": "stop", "message": {"role": "assistant", "content": list(parts)}}


def _images_key(task: TaskRecord) -> str:
    return "results" if task.order.model.is_older else "choices"


def _result(task: TaskRecord, image: str | Failure) -> Json:
    if isinstance(image, Failure):
        return {"code": image.code, "message": image.message}
    result = {"orig_prompt": task.prompt, "actual_prompt": task.actual_prompt, "url": image}
    return {key: value for key, value in result.items() if value is not None}


def _failed(request_id: str, task: TaskRecord, failure: Failure) -> Json:
    why = {"code": failure.code, "message": failure.message}
    output: Json = {"task_id": task.task_id, "task_status": Status.FAILED, **_metrics(task, 0, task.order.n)}
    match task.outcome.fail_said:
        case "output":
            return {"request_id": request_id, "output": output | why}
        case "top":
            return {"request_id": request_id, **why, "output": output}
        case "results":
            images = [why if task.order.model.is_older else _choice(why)] * task.order.n
            return {"request_id": request_id, "output": output | {_images_key(task): images}}


def _metrics(task: TaskRecord, succeeded: int, failed: int) -> Json:
    """How many images there are; the newer form has nothing like it."""
    if not task.order.model.is_older:
        return {}
    return {"task_metrics": {"TOTAL": task.order.n, "SUCCEEDED": succeeded, "FAILED": failed}}


def _listed(task: TaskRecord) -> Json:
    entry: Json = {
        "api_key_id": "1",
        "caller_parent_id": "1000000000000001",
        "caller_uid": "1000000000000001",
        "gmt_create": task.submit_ms,
        "model_name": task.model,
        "region": "cn-beijing",
        "request_id": task.request_id,
        "status": task.status,
        "task_id": task.task_id,
        # Guess: of the newer protocol it is made likewise.
        "user_api_unique_key": f"apikey:v1:aigc:{task.order.model.service.replace('/', ':')}:{task.model}",
    }
    # Guess: what has not happened yet is left out.
    if task.scheduled_ms is not None:
        entry["start_time"] = task.scheduled_ms
    if task.end_ms is not None:
        entry["end_time"] = task.end_ms
    return entry

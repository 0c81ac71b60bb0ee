### What people read, in English. Amounts and times arrive ready to be shown.

## Commands

command-imagine-name = imagine
command-imagine-description = Make pictures from your words
option-prompt-name = prompt
option-prompt-description = What the picture shows
option-negative_prompt-name = negative_prompt
option-negative_prompt-description = What the picture must not show
option-model-name = model
option-model-description = Which model draws; each has its price per image
option-size-name = size
option-size-description = An aspect ratio such as 16:9, or width*height such as 1280*720
option-count-name = count
option-count-description = How many pictures, 1 to 4 (otherwise 1)
option-seed-name = seed
option-seed-description = The same seed and prompt give a similar picture again
option-prompt_extend-name = prompt_extend
option-prompt_extend-description = Let the model enrich your prompt (otherwise yes)
option-watermark-name = watermark
option-watermark-description = Put an AI mark on the pictures (otherwise no)
option-private-name = private
option-private-description = Only you see the result (otherwise no)
command-cancel-name = cancel
command-cancel-description = Cancel one of your jobs
option-number-name = number
option-number-description = The job's number, as its message shows it
command-job-name = job
command-job-description = Show one of your jobs, and its pictures again

choice-model = { $model } · { $price } per image
choice-model-default = { $model } · { $price } per image (default)
choice-size = { $ratio } · { $size }
choice-size-typed = { $size }

## Refusals, seen by the member alone

invalid-model = There is no model called “{ $model }” here. These would do: { $models }.
invalid-prompt-empty = The prompt is empty. Tell me in a few words what the picture should show.
invalid-prompt-long = The prompt has { $length } characters; { $model } takes at most { $limit }. Shorten it and try again.
invalid-negative-prompt-long = The negative prompt has { $length } characters; at most { $limit } work. Shorten it and try again.
invalid-size-form = “{ $size }” is not a size. Pick one from the list, or type width*height, such as { $default }.
invalid-size-range = { $model } can't draw { $size }. Each side must be { $min_side } to { $max_side } pixels, and the whole picture { $min_pixels } to { $max_pixels } pixels. These would do: { $presets }.
invalid-count = { $value } pictures at once don't work: { $least } to { $most } do.
invalid-seed = { NUMBER($value, useGrouping: 0) } can't be a seed: use a whole number from { NUMBER($least, useGrouping: 0) } to { NUMBER($most, useGrouping: 0) }, or leave it out.
too-many-images = You may ask for at most { $limit } { $limit ->
        [one] picture
       *[other] pictures
    } at a time here, not { $count }.
over-quota = Your quota doesn't cover { $images ->
        [one] this picture
       *[other] these { $images } pictures
    }. You have { $left } left.{ $affordable ->
        [0] {""}
        [one] {" "}1 picture would still work.
       *[other] {" "}{ $affordable } pictures would still work.
    } Your quota resets { $resets_ms }.
over-quota-paid = Your quota doesn't cover { $images ->
        [one] this picture
       *[other] these { $images } pictures
    }. You have { $left } left; at { $price } per picture this would take { $needed }{ $free_left ->
        [0] {""}
       *[other] {" "}beyond the free ones
    }.{ $affordable ->
        [0] {""}
        [one] {" "}1 picture would still work.
       *[other] {" "}{ $affordable } pictures would still work.
    } Your free pictures and budget reset { $resets_ms }.
left-free = { $free_left ->
        [one] 1 free picture
       *[other] { $free_left } free pictures
    }
left-budget = { $budget_left } budget
left-credit = { $credit_left } credit
left-comma = {", "}
over-pool = This server's pool for the month doesn't cover that: { $left } is left, this would take { $needed }. It resets { $resets_ms }.
over-cap = The monthly limit of the whole bot is reached. It resets { $resets_ms }.
lane-stopped = { $model } is stopped right now; the operator has been told. Try another model, or this one again later.
queue-full = The queue for { $model } is full ({ $limit } waiting). Try again in a few minutes, or pick another model.
too-many-active = You already have { $limit } { $limit ->
        [one] job
       *[other] jobs
    } under way, the most at a time here. Wait for one to finish, or cancel one.
cooling-down = One moment: you can ask again { $again_ms }.
shutting-down = I'm about to restart. Please try again in a minute.
starting-up = I've only just started and am still finding my way around. Please try again in a moment.
server-not-allowed = This server isn't on the list of those I work for. The bot's operator can add it.
guild-only = I make pictures in servers only.
channel-not-allowed = Pictures can't be made in this channel; this server allows it here: { $channels }.
model-not-allowed = This server doesn't allow { $model }. These would do: { $models }.
private-not-allowed = This server wants pictures to be seen by everybody in the channel: ask again without “private”.
public-not-allowed = This server wants pictures to be seen by the one who asks alone: ask again without “private:False”.
draft-gone = This request has expired, or was started already. Nothing was charged by this press; ask again with /imagine if you still want it.
missing-permissions = I can't show pictures in this channel: I'm missing { $permissions }. An admin of the server can grant that; nothing was charged.
permission-view_channel = “View Channel”
permission-send_messages = “Send Messages”
permission-send_messages_in_threads = “Send Messages in Threads”
permission-attach_files = “Attach Files”
not-yours = Only the person who asked for #{ NUMBER($number, useGrouping: 0) }, or a moderator, can do that.
admins-only = Only admins of the server can do that: it takes the permission “Manage Server”, or a role that /settings roles names.
moderators-only = Only moderators of the server can do that: it takes the permission “Moderate Members” or “Manage Messages”, or a role that /settings roles names.
rule-names-nothing = Nothing was changed: name at least one value to set.
rule-out-of-bounds = { $field } must be { NUMBER($least, useGrouping: 0) } to { NUMBER($most, useGrouping: 0) }.
rule-out-of-bounds-money = A budget can be at most { $amount } per period.
grant-out-of-bounds = A grant must be more than nothing and at most { $amount }.
nothing-to-refund = Nothing was charged for this job, so there is nothing to give back.
refunded-already = What this job was charged was given back already.
pool-above-ceiling = The operator gives this server { $amount } a month at most; set that or less.
no-such-job = There is no job #{ NUMBER($number, useGrouping: 0) } in this server.
job-gone = I don't know this job any more.
still-under-way = #{ NUMBER($number, useGrouping: 0) } is still under way; it can be deleted once it is done.
storage-unavailable = I can't write anything down right now, so nothing was started or charged. Please try again in a minute.
unexpected = Something went wrong on my side. If it keeps happening, give the operator this reference: { $reference }

## May it cost so much?

proposal = { $images ->
        [one] This picture
       *[other] These { $images } pictures
    } would take { $paid } of your paid quota: your free pictures are used up. I ask only once in a period. The offer ends { $expires_ms }; until you agree nothing is held.
proposal-mixed = { $free } of these { $images } pictures { $free ->
        [one] is
       *[other] are
    } free; the rest would take { $paid } of your paid quota. I ask only once in a period. The offer ends { $expires_ms }; until you agree nothing is held.
button-agree = Make them for { $paid }
button-drop = Never mind
draft-dropped = All right, nothing was made and nothing was charged.

## Answers to cancel and delete

cancel-done = #{ NUMBER($number, useGrouping: 0) } is canceled. Nothing was charged.
cancel-noted = I've asked for #{ NUMBER($number, useGrouping: 0) } to be canceled. If it's too late for that, the pictures will still come.
cancel-late = It's too late to cancel #{ NUMBER($number, useGrouping: 0) }: { $images ->
        [one] the picture is already being made, and will be charged when it comes
       *[other] the pictures are already being made, and will be charged when they come
    }.
cancel-ended = #{ NUMBER($number, useGrouping: 0) } has already ended.
delete-failed = I couldn't remove the message myself; its pictures go with the next update of the message.
pictures-gone = The pictures of #{ NUMBER($number, useGrouping: 0) } aren't kept any more.
nothing-to-send = #{ NUMBER($number, useGrouping: 0) } has nothing left to be sent again.
no-own-job = You have no job #{ NUMBER($number, useGrouping: 0) }. Numbers count within each server: try it there.
sending-again = I'm sending #{ NUMBER($number, useGrouping: 0) } again: { $link }

## Job cards

title-queued = Queued
title-paused = Paused
title-submitted = Handed over
title-drawing = Drawing
title-fetching = Downloading
title-delivered = { $images ->
        [one] Here is your picture
       *[other] Here are your pictures
    }
title-failed = No pictures this time
title-canceled = Canceled
title-expired = Waited too long
title-undelivered = Made, but not delivered
title-removed = Removed

card-heading = { $title } · #{ NUMBER($number, useGrouping: 0) }
card-details = { $model } · { $size } · { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    }
card-details-partial = { $model } · { $size } · { $made } of { $images } pictures
card-details-seed = {" · "}seed { NUMBER($seed, useGrouping: 0) }
card-negative = Without: { $negative }
queued-next = You're next in line. Expected { $ready_ms }.
queued-place = Number { $place } in line. Expected { $ready_ms }.
queued-paused = The image service isn't taking { $model } just now. You keep your place in line ({ $place }), and nothing is charged while you wait.
submitted-body = The image service has it. Expected { $ready_ms }.
in-doubt-body = The image service didn't answer clearly; I'm checking whether it has started. You won't be charged twice.
drawing-body = { $images ->
        [one] The picture is
       *[other] The pictures are
    } being drawn. Expected { $ready_ms }.
fetching-body = Drawn. { $images ->
        [one] The picture is on its
       *[other] The pictures are on their
    } way here.
note-direct-message = This may take longer than a private reply lives, so the result will come by direct message. Please allow direct messages from this server.
note-prompt-long = Prompts over { $limit } characters may be cut by { $model }; the start counts most.
note-cut = The image service cut your prompt: it used only the beginning.
note-canceling = Cancellation was asked for; waiting for the image service's word.
note-cancel-late = The cancellation came too late: the image service had already begun, so { $images ->
        [one] this picture was
       *[other] these pictures were
    } made and charged.
note-cancel-refused = It's too late to cancel: the image service has already begun.
note-reencoded = Shown as JPEG here because the original is too large for Discord; the original is kept.
note-left-out = { $missing ->
        [one] 1 picture is
       *[other] { $missing } pictures are
    } too large for Discord even as JPEG; { $missing ->
        [one] it is
       *[other] they are
    } kept.
note-ai = Made by AI
note-ai-marked = Made by AI, with the service's watermark
note-partial = { $made } of { $asked } pictures were made. { $charged ->
        [one] 1 was charged
       *[other] { $charged } were charged
    }; the rest was returned to you.
note-partial-why = { $missing ->
        [one] The other one:
       *[other] The others:
    } { $reason }
rewritten = **The prompt as the model rewrote it**
seed-line = Picture { $place }: seed { NUMBER($seed, useGrouping: 0) }, { $size }
receipt-free = Charged: { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    }.
receipt-paid = Charged: { $paid }.
receipt-mixed = Charged: { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    } and { $paid }.
receipt-nothing = Nothing was charged.
receipt-left = Left: { $left } · resets { $resets_ms }
reference = Reference: { $reference }
shortened = … (shortened)
alt-fallback = Picture { $place } of job #{ NUMBER($number, useGrouping: 0) }

failure-content = The image service refused this: it sees unsuitable content in the prompt or the picture. Try saying it differently.
failure-ip = The image service refused this: it may touch somebody's rights, such as a known character or brand. Try something of your own.
failure-parameter = The image service could not work with this request as it stands. Other options or another wording may help.
failure-timeout = The image service took too long and gave up. You can try again.
failure-service = The image service had a fault of its own. You can try again.
failure-busy = The image service had too much to do. Try again in a few minutes.
failure-stopped = The image service doesn't take requests from this bot right now; the operator has been told.
failure-doubt = It never became clear whether the image service began. To be safe it wasn't tried again.
failure-forgotten = The image service no longer knows this job.
failure-results = The pictures were made but could not be downloaded.
failure-unknown = The image service ended this without pictures.
expired-wait = It waited in line longer than is sensible, so I gave your place back. You can try again.
expired-stopped = The model stayed stopped for too long, so I gave your place back. Try another model.
undelivered-forbidden = The pictures are made and kept, but Discord doesn't let me post them here: I may be missing a permission.
undelivered-gone = The pictures are made and kept, but this message or channel is gone.
undelivered-large = The pictures are made and kept, but Discord finds them too large.
undelivered-unreachable = The pictures are made and kept, but I couldn't reach Discord, or you by direct message.
undelivered-other = The pictures are made and kept, but Discord wouldn't take them.
undelivered-body = They stay charged, since they were made. Press *Send again* whenever you like.
removed-body = The pictures of this job were removed.

button-cancel = Cancel
button-canceling = Canceling…
button-cancel-late = Too late to cancel
button-delete = Delete
button-send-again = Send again
button-open = Open the message

## Messages beside the cards

ping = { $member } your { $images ->
        [one] picture is
       *[other] pictures are
    } ready: { $link }
ping-private = Your { $images ->
        [one] picture #{ NUMBER($number, useGrouping: 0) } is
       *[other] pictures #{ NUMBER($number, useGrouping: 0) } are
    } ready: { $link }
told-undelivered = #{ NUMBER($number, useGrouping: 0) } in { $link }: { $reason } They stay charged, since they were made. Type /job number:{ NUMBER($number, useGrouping: 0) } here or there to get them.

operator-lane-stopped = **{ $model } has stopped.** The image service answered { $code }. { $advice } Jobs in line keep their place; I try again by myself at growing intervals.
operator-account-stopped = **The whole account has stopped.** The image service answered { $code }. { $advice } Jobs in line keep their place; I try again by myself at growing intervals.
operator-lane-reopened = { $model } works again. Jobs in line go on.
operator-account-reopened = The account works again. Jobs in line go on.
advice-key = Check the API key, and that it belongs to the region of the base URL: a key of another region is refused like this.
advice-arrears = The account is in arrears: top it up.
advice-denied = The account has no access to this: check in the console that the service is activated and the key's workspace may use the model.
advice-free-tier = The free tier is used up: switch off “use free tier only” in the console to go on at list price.
advice-model = The model isn't offered any more: take it out of the configuration or name its successor.
advice-other = Look the code up in the image service's documentation.
leaving-server = I'm leaving { $server }: it isn't on the list of servers that my operator pays for. The operator can add its id, { $id }, and invite me again.

## Charts

chart-title = Pictures made in { $server }
chart-period = { $period } · { $zone }
chart-totals = { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    } in { $jobs ->
        [one] 1 job
       *[other] { $jobs } jobs
    } · { $free } free · { $paid } charged
chart-nothing = No pictures were made in this period.
chart-free = free
chart-paid = paid
chart-members = Members
chart-models = Models
chart-days = Pictures a day
chart-others = { $count ->
        [one] 1 other
       *[other] { $count } others
    }
chart-unnamed = Account { NUMBER($account, useGrouping: 0) }
chart-bar = { $images }
chart-bar-paid = { $images } · { $paid }
chart-alt = Bar charts of the pictures made in { $server }, { $period }: { $totals }.
table-member = Member
table-mention = Discord mention
table-model = Model
table-jobs = Jobs
table-images = Pictures
table-free = Free pictures
table-charged = Charged (CNY)

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

choice-model = { $model } · { $price } per image · { $free } left
choice-model-default = { $model } (default) · { $price } per image · { $free } left
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

## Reports

report-heading = **Pictures made in { $server }** · { $period } · { $zone }
report-members = **Members**
report-models = **Models**
report-line = - { $name }: { $images } · { $paid }
report-others = - and { $count ->
        [one] 1 other
       *[other] { $count } others
    }
report-refused = **Refused requests: { $count }**
report-refused-quota = - beyond the member's quota: { $count }
report-refused-pool = - beyond the server's pool: { $count }
report-refused-cap = - at the monthly limit of the whole bot: { $count }
report-refused-rule = - too many pictures or jobs at a time, or too soon: { $count }
report-refused-busy = - model stopped, or its queue full: { $count }
report-refused-prompt = - against the server's rules for prompts: { $count }
report-refused-other = - for other reasons: { $count }
report-table-cut = The table has the first { $rows } of { $all } rows: those who used most.
report-no-chart = The chart could not be drawn.
report-no-period = “{ $typed }” names no period that has begun. Pick one from the list, or type any of its days, such as { $example }.
choice-period-current = The period that runs now
choice-period-previous = The one before
operator-report = **Last week · { $period }**
operator-report-total = The image service bills { $cost } for { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    }, { $tier } of them from free tiers. Members were charged { $paid }.
operator-report-model = - { $model }: { $images } · { $cost }
operator-report-doubtful = It may bill { $amount } besides: `jobs in-doubt` names what is unclear.
operator-report-cap = Cap of { $month }: { $cost } of { $amount } are used so far.
operator-report-no-cap = Bill of { $month } so far: { $cost }; there is no cap.
operator-report-tier = Free tier of { $model }: { $images } left, ends { $ends_ms }.
operator-report-tier-gone = Free tier of { $model }: nothing left.
operator-report-server = - { $server }: { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    }, { $amount } at list price
operator-report-servers = - and { $count ->
        [one] 1 other server
       *[other] { $count } other servers
    }

## Rules for prompts

prompt-breaks-word = The moderators of this server don't allow “{ $word }” in { $field ->
        [negative] negative prompts
       *[prompt] prompts
    }. Say it differently and try again; nothing was charged.
prompt-breaks-pattern = The moderators of this server have a rule that this { $field ->
        [negative] negative prompt
       *[prompt] prompt
    } breaks. Say it differently and try again; nothing was charged.
prompt-rules-full = This server has { $limit } rules, the most there can be. Remove one first.
prompt-rule-known = This server has that rule already.
prompt-rule-word-empty = A word needs a letter or a digit.
prompt-rule-word-long = The word has { $length } characters; at most { $limit } work. Use a shorter one, or its rarest part.
prompt-rule-pattern-long = The pattern has { $length } characters; at most { $limit } work. Split it into several rules.
prompt-rule-pattern-invalid = That pattern can't be used: { $problem }. Patterns are written in RE2's syntax, which has no look-ahead, look-behind or back-references.
prompt-rule-pattern-large = That pattern grows too large: use smaller repetitions such as { "{0,5}" }, or fewer classes such as \pL.
prompt-rule-pattern-any = That pattern matches the empty text, so it would refuse every prompt. Make it ask for at least one character.
prompt-rules-large = The patterns of this server would grow too large together. Simplify this one, or remove another first.

## Settings of a server

command-settings-name = settings
command-settings-description = What holds in this server: channels, models, period, roles, where I report
command-settings-show-name = show
command-settings-show-description = Show all settings, and who decided them
command-settings-channels-name = channels
command-settings-channels-description = Choose where pictures may be asked for
command-settings-models-name = models
command-settings-models-description = Choose which models may be used
command-settings-period-name = period
command-settings-period-description = Choose when quotas start anew, and in which time zone
command-settings-log-name = log-channel
command-settings-log-description = Choose where I report what admins and moderators should know
command-settings-roles-name = roles
command-settings-roles-description = Choose which roles count as admins and as moderators
command-settings-posting-name = posting
command-settings-posting-description = Choose who sees pictures, and whether I ask before the first paid ones
option-settings-period-name = period
option-settings-period-description = How long a member's free pictures and budget last
option-settings-timezone-name = timezone
option-settings-timezone-description = Type a city, such as Shanghai; days begin at midnight there
option-settings-channel-name = channel
option-settings-channel-description = A channel that admins and moderators can read
option-settings-none-name = none
option-settings-none-description = Report nowhere
option-settings-pictures-name = pictures
option-settings-pictures-description = Who sees the pictures that members ask for
option-settings-confirm_paid-name = confirm_paid
option-settings-confirm_paid-description = Ask a member before their first paid request of a period
choice-period-day = day
choice-period-week = week
choice-period-month = month
choice-posting-free = each member chooses
choice-posting-public = everybody in the channel
choice-posting-private = only the member who asked
choice-zone = { $zone } · now { $time } (UTC{ $offset })

settings-heading = **Settings of this server**
settings-hint = Change them with /settings channels, models, posting, period, log-channel and roles; the pool with /quota pool. Rules for members are shown by /quota show.
settings-line = **{ $what }**: { $value }
settings-changed = **{ $what }**
    Before: { $before }
    Now: { $after }
settings-unchanged = **{ $what }**: { $value }
    That is how it was before; nothing was changed.
settings-what-channels = Where pictures may be asked for
settings-what-models = Models
settings-what-posting = Who sees the pictures
settings-what-confirms = I ask before a member's first paid request of a period
settings-what-calendar = Quotas start anew
settings-what-pool = Pool of the server
settings-what-log = Where I report
settings-what-admins = Roles that count as admins
settings-what-moderators = Roles that count as moderators
settings-from-operator = (set by my operator)
settings-from-here = (set by this server)
settings-from-default = (the default)
settings-with-origin = { $value } { $origin }
settings-everywhere = everywhere
settings-all-models = all
settings-model = { $model }
settings-model-price = { $price } per picture
settings-no-roles = none, only the permission itself counts
settings-none = nowhere
settings-yes = yes
settings-no = no
settings-comma = {", "}
settings-and-more = { $names } and { $count } more
settings-posting-free = each member chooses
settings-posting-public = everybody in the channel
settings-posting-private = only the member who asked
settings-period = { $period ->
        [day] daily
        [week] weekly, on Mondays
       *[month] monthly, on the 1st
    }, at midnight in { $zone }
settings-calendar-pending = { $now }; the change to “{ $then }” comes { $since_ms }
settings-calendar = { $calendar }; the next time { $resets_ms }
settings-calendar-then = { $calendar }; the next time { $resets_ms }, and from then on { $then }
settings-calendar-later = Until then nothing changes: what members have used and have left counts on to the end of the running period.
settings-pool-limit = { $amount } a month
settings-pool-none = no limit
settings-pool = { $limit }; { $paid } taken this month

settings-how-channels = Choose up to 25 channels or categories. A category stands for all its channels, a channel for its threads too. Choose none to allow all.
settings-how-models = Choose one or more models; choose none to allow all.
settings-how-roles = Admins set quotas and settings: besides these roles, everybody with the permission “Manage Server”. Moderators act on pictures and members: besides these roles, everybody with “Moderate Members” or “Manage Messages”. Choose none to have only the permissions count. Discord itself shows the commands only to those with its permission; to show them to a role too, go to Server Settings, Integrations.
settings-choose-channels = Channels and categories; none: everywhere
settings-choose-models = Models; none: all
settings-choose-admins = Roles that count as admins
settings-choose-moderators = Roles that count as moderators

settings-zone-unknown = I know no time zone “{ $zone }”. Did you mean one of these? { $zones }. Nothing was changed.
settings-log-closed = I couldn't report in { $channel }: I'm missing { $permissions } there. Grant that first, or choose another channel; nothing was changed.
settings-role-everyone = “@everyone” can't count: then every member would be one. Choose other roles; nothing was changed.
settings-role-managed = { $role } belongs to an app or to boosting, so Discord gives and takes it by itself. Choose a role that people give; nothing was changed.

## Word to a server's admins, and to the operator

greeting = **Hello! I make pictures from words.**
    Members type /imagine and say what they'd like to see; /balance shows them what they have left. My operator gives { $gifts }.

    What to do first, if you have the permission “Manage Server”:
    1. /settings channels: choose where pictures may be asked for.
    2. /settings log-channel: choose where I tell you that something runs out.
    3. /quota set-default: choose how much each member may make.

    In those channels I need “View Channel”, “Send Messages” and “Attach Files”, or nobody can see the pictures.
greeting-free = each member { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    } a { $period }
greeting-budget = { $amount } for paid ones on top
greeting-pool = the whole server { $amount } a month at list price
greeting-direct = I've just joined { $server }. I'm writing to you because it's yours, and I can't post where Discord posts its own messages there.
pool-alarm = **{ $percent } % of this server's pool for the month is taken.** { $left } of { $amount } is left. When nothing is left, no more pictures can be made here until it resets { $resets_ms }. /quota pool shows it; only my operator can raise it beyond what they give.
pool-alarm-full = **This server's pool for the month, { $amount }, is used up**, or what is left doesn't cover what members ask for. It resets { $resets_ms }. /quota pool shows it; only my operator can raise it beyond what they give.
operator-cap = **{ $percent } % of this month's cap is taken.** { $left } of { $amount } is left, with all that is under way counted in. When nothing is left, requests that the image service would bill are refused until it resets { $resets_ms }.
operator-cap-full = **This month's cap, { $amount }, is reached**, or what is left doesn't cover what members ask for. Requests that the image service would bill are refused until it resets { $resets_ms }. To go on before, raise quota.operator_cap in the configuration and start me again.

## Quotas

command-quota-name = quota
command-quota-description = Who may make how much in this server
command-quota-show-name = show
command-quota-show-description = The server's rules and pool, or what one member may use and by whose word
command-quota-set-default-name = set-default
command-quota-set-default-description = The rule for everybody; without values a form opens
command-quota-set-role-name = set-role
command-quota-set-role-description = The rule for the members of a role; without values a form opens
command-quota-set-member-name = set-member
command-quota-set-member-description = The rule for one member; without values a form opens
command-quota-clear-name = clear
command-quota-clear-description = Clear the rule of a role or a member, or else the server's
command-quota-grant-name = grant
command-quota-grant-description = Give a member credit that does not expire with the period
command-quota-refund-name = refund
command-quota-refund-description = Give back what a job was charged
command-quota-pool-name = pool
command-quota-pool-description = How much of the month's pool is used; or set a limit below the operator's
command-quota-report-name = report
command-quota-report-description = What was used in a period, by member and model, with a chart and a table
option-quota-member-name = member
option-quota-member-description = Whom it is about
option-quota-role-name = role
option-quota-role-description = Which role it is about
option-quota-free_images-name = free_images
option-quota-free_images-description = Pictures in each period that charge nothing
option-quota-budget-name = budget
option-quota-budget-description = CNY in each period for further pictures, such as 1.50
option-quota-images_per_job-name = images_per_job
option-quota-images_per_job-description = Most pictures in one request, 1 to 4
option-quota-active_jobs-name = active_jobs
option-quota-active_jobs-description = Most requests under way at a time
option-quota-cooldown-name = cooldown
option-quota-cooldown-description = Seconds between two requests
option-quota-amount-name = amount
option-quota-amount-description = CNY, such as 5 or 1.50
option-quota-reason-name = reason
option-quota-reason-description = Why; it is kept in the books
option-quota-number-name = number
option-quota-number-description = The job's number, as its message shows it
option-quota-limit-name = limit
option-quota-limit-description = CNY per month, at most what the operator gives; “none” for no limit of your own
option-quota-period-name = period
option-quota-period-description = This period, the one before, or the one of a day such as 2026-11-01
field-free-images = Free pictures
field-budget = Budget
field-images-per-job = Pictures in a request
field-active-jobs = Requests under way
field-cooldown = Wait between requests
each-day = { $value } a day
each-week = { $value } a week
each-month = { $value } a month
value-number = { NUMBER($value, useGrouping: 0) }
value-seconds = { NUMBER($seconds, useGrouping: 0) } s
origin-member = this member's own rule
origin-role = role { $role }
origin-server = the server's rule
origin-operator = the operator's rule
quota-member-heading = **Quota of { $member }**
quota-line = { $field }: **{ $value }** · { $origin }
quota-server-heading = **The rules of this server**
quota-more-rules = and { $count } more
quota-operator = Where they say nothing, the operator's: { $rule }
quota-server-hint = A member's own rule comes first, then the most generous of their roles, then everybody's; each value by itself.
rule-for-everybody = Everybody
rule-for-forgotten = A member who was forgotten
rule-nothing = nothing set
rule-changed = **Rule for { $whom }**
field-open = not set
field-changed = { $field }: { $before } → **{ $after }**
field-unchanged = { $field }: { $before } (as before)
rule-modal-title = Set a rule
rule-modal-budget = Budget (CNY)
rule-modal-cooldown = Seconds between requests
rule-modal-open = Leave empty to keep it as it is
not-a-member = { $member } is not a member of this server.
role-is-everyone = That role is everybody: use /quota set-default instead.
clear-one-at-a-time = Name a role or a member, not both.
no-rule-to-clear = There is no rule for { $whom } to clear.
clear-question = Clear the rule for { $whom }? It says: { $rule }
button-clear = Clear it
invalid-amount = “{ $typed }” is not an amount of money. Write it such as 5 or 1.50; { $amount } would be 1.50.
invalid-number = “{ $typed }” is not a whole number. Write digits only, such as 10.
granted = { $member } got { $amount } credit: before { $left }, now { $credit_left }. What is spent of it counts against the server's pool.
refunded = What #{ NUMBER($number, useGrouping: 0) } of { $member } was charged is given back.
refunded-free = { $free ->
        [one] 1 free picture goes back to the period that it came from.
       *[other] { $free } free pictures go back to the period that they came from.
    }
refunded-paid = { $paid } is given back as credit: before { $left }, now { $credit_left }.
pool-without-limit = The server has used { $amount } at list price this month; there is no limit. It resets { $resets_ms }.
pool-own = The server has used { $amount } of its pool this month; { $left } is left of the limit that its admins set. It resets { $resets_ms }.
pool-operators = The server has used { $amount } of its pool this month; { $left } is left of what the operator gives. It resets { $resets_ms }.
pool-changed = Monthly limit: { $before } → **{ $after }**
no-limit = no limit
receipt-line-open = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · under way
receipt-line-nothing = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · nothing charged
receipt-line-free = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    }
receipt-line-paid = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    }, { $paid }

command-balance-name = balance
command-balance-description = What you have left, what pictures cost, and where it went
command-history-name = history
command-history-description = Your jobs, newest first
balance-heading = **Your quota in this server**
balance-limits = Up to { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    } in a request, { $jobs ->
        [one] 1 request
       *[other] { $jobs } requests
    } at a time{ $seconds ->
        [0] {""}
       *[other] , { NUMBER($seconds, useGrouping: 0) } s between requests
    }.
balance-prices = **Prices** for pictures beyond the free ones:
balance-price = { $model }: { $price }
balance-receipts = **Your last jobs**
history-heading = **Your jobs**, newest first
history-nothing = You have no jobs here yet. Try /imagine.
history-end = There is nothing older.
history-line = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $status } · { $prompt }
history-removed = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $status }
history-open = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $status } · { $prompt } · { $link }
button-older = Older
history-others = That is somebody else's list; type /history for yours.

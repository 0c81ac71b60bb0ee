### What people read, in English. Amounts and times arrive ready to be shown.

## Commands

command-imagine-name = imagine
command-imagine-description = Make pictures from your words
option-prompt-name = prompt
option-prompt-description = What the picture shows
option-negative_prompt-name = negative_prompt
option-negative_prompt-description = What the picture must not show (some models take none)
option-model-name = model
option-model-description = Which model draws; each has its price per image
option-size-name = size
option-size-description = An aspect ratio such as 16:9, or width*height such as 1280*720
option-count-name = count
option-count-description = How many pictures, 1 to 4, with some models to 6 (otherwise 1); of a series at most, 1 to 10
option-series-name = series
option-series-description = Pictures that belong together; the model picks how many, up to count (otherwise 4)
option-seed-name = seed
option-seed-description = The same seed and prompt give a similar picture again
option-prompt_extend-name = prompt_extend
option-prompt_extend-description = Let the picture model enrich your prompt, unless enhance does (otherwise yes, where it can)
option-watermark-name = watermark
option-watermark-description = Put an AI mark on the pictures (otherwise no)
option-private-name = private
option-private-description = Only you and the moderators see it (otherwise no)
option-enhance-name = enhance
option-enhance-description = Have your prompt rewritten before it is drawn (otherwise as this server has it)
choice-enhance-off = draw it as I wrote it
choice-enhance-translate = translate it into English
choice-enhance-improve = improve it
command-prompt-name = prompt
command-prompt-description = Have a prompt rewritten, and look at it before it is drawn
command-prompt-improve-name = improve
command-prompt-improve-description = Add to your prompt what a good picture needs
command-prompt-translate-name = translate
command-prompt-translate-description = Translate your prompt into English
command-edit-name = edit
command-edit-description = Change a picture of yours by your words
option-edit-picture-name = picture
option-edit-picture-description = The picture to change: JPEG, PNG, WebP or BMP
option-edit-instruction-name = instruction
option-edit-instruction-description = What is to change in it
option-edit-picture2-name = picture2
option-edit-picture2-description = Another picture; the result has the shape of the last one
option-edit-picture3-name = picture3
option-edit-picture3-description = One more; the result has the shape of the last one
option-edit-reference-name = reference
option-edit-reference-description = A kept reference, whose pictures come before yours; /reference add keeps one
option-edit-model-name = model
option-edit-model-description = Which model edits; each has its price per image
option-edit-function-name = function
option-edit-function-description = What is done to it (otherwise what your words say)
option-edit-mask-name = mask
option-edit-mask-description = A black-and-white picture of the same size: only where it is white something changes
option-edit-choose_region-name = choose_region
option-edit-choose_region-description = Choose by buttons which part of the picture changes: no mask is needed
option-edit-strength-name = strength
option-edit-strength-description = How far the result may be from your picture, in percent (otherwise 50)
option-edit-factor-name = factor
option-edit-factor-description = How many times as large, 1 to 4 (otherwise 2; 1 only sharpens)
option-edit-left-name = left
option-edit-left-description = How much to add at the left, in percent of the picture
option-edit-right-name = right
option-edit-right-description = How much to add at the right, in percent of the picture
option-edit-top-name = top
option-edit-top-description = How much to add at the top, in percent of the picture
option-edit-bottom-name = bottom
option-edit-bottom-description = How much to add at the bottom, in percent of the picture
option-edit-line_art-name = line_art
option-edit-line_art-description = Your picture is a line drawing already (otherwise its lines are found first)
command-edit-picture-name = Edit picture
command-reference-name = reference
command-reference-description = Pictures that are kept under a name, to edit by
command-reference-add-name = add
command-reference-add-description = Keep up to nine pictures under a name, such as your mascot's
option-reference-name-name = name
option-reference-name-description = What to call it, such as mascot
option-reference-picture-name = picture
option-reference-picture-description = A picture to keep: JPEG, PNG, WebP or BMP
option-reference-picture2-name = picture2
option-reference-picture2-description = One more picture of the same
option-reference-picture3-name = picture3
option-reference-picture3-description = One more picture of the same
option-reference-picture4-name = picture4
option-reference-picture4-description = One more picture of the same
option-reference-picture5-name = picture5
option-reference-picture5-description = One more picture of the same
option-reference-picture6-name = picture6
option-reference-picture6-description = One more picture of the same
option-reference-picture7-name = picture7
option-reference-picture7-description = One more picture of the same
option-reference-picture8-name = picture8
option-reference-picture8-description = One more picture of the same
option-reference-picture9-name = picture9
option-reference-picture9-description = One more picture of the same
option-reference-shared-name = shared
option-reference-shared-description = For everybody in this server: moderators only (otherwise for you alone)
command-reference-show-name = show
command-reference-show-description = See the references that you can use here, or one with its pictures
command-reference-remove-name = remove
command-reference-remove-description = Remove a reference for good
option-reference-which-name = name
option-reference-which-description = Which reference
option-reference-of-server-name = shared
option-reference-of-server-description = This server's is meant, where one of yours has the same name
option-reference-member-name = member
option-reference-member-description = Whose own is meant: moderators only
command-cancel-name = cancel
command-cancel-description = Cancel one of your jobs
option-number-name = number
option-number-description = The job's number, as its message shows it
command-job-name = job
command-job-description = Show one of your jobs, and its pictures again

price-range = { $price } to { $dearest }
price-with-inputs = { $price } (+ { $inputs_paid } per uploaded picture)
choice-model = { $model } · { $price } per image{ $inputs ->
        [0] {""}
       *[other] {" "}+ { $inputs_paid } per upload
    } · { $free } left
choice-model-default = { $model } (default) · { $price } per image{ $inputs ->
        [0] {""}
       *[other] {" "}+ { $inputs_paid } per upload
    } · { $free } left
choice-reference = { $name } · yours · { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }
choice-reference-shared = { $name } · this server's · { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }
choice-size = { $ratio } · { $size }

function-instruct = Change it by your words
function-region = Change what is white in a mask
function-style = Give all of it another style
function-part-style = Give a part of it another style
function-unmark = Remove a watermark
function-expand = Add more around it
function-enlarge = Enlarge or sharpen it
function-colour = Colour a black-and-white picture
function-sketch = Make a picture of a drawing
function-cartoon = Put a cartoon figure into another scene

## Refusals, seen by the member alone

invalid-model = There is no model called “{ $model }” here. Available: { $models }.
invalid-model-near = There is no model called “{ $model }” here. Did you mean { $near }? Available: { $models }.
invalid-prompt-empty = The prompt is empty. Tell me in a few words what the picture should show.
invalid-prompt-long = Your text has { $length } characters; { $model } takes at most { $limit }. Shorten it and try again.
invalid-prompt-tokens = Your text has about { $length } tokens (pieces of words), and { $model } takes { $limit }. Shorten it and try again.
invalid-negative-prompt-long = The negative prompt has { $length } characters; at most { $limit } work. Shorten it and try again.
invalid-negative-prompt = { $model } takes no negative prompt: leave it out, or pick another model.
invalid-prompt-extend = { $model } can't rewrite prompts: leave prompt_extend out, or pick another model.
rewriting-off = Prompts can't be rewritten here: the bot's operator has not switched that on. Ask without it.
rewriting-off-settings = Prompts can't be rewritten here until the bot's operator switches that on, with the table [rewriting] of its configuration. Nothing was changed.
prompt-refused-by-service = The image service refuses to rewrite this prompt: it sees unsuitable content in it. { $waits ->
        [0] Say it differently and try again; nothing was taken from your quota.
       *[other] Nothing was taken from your quota.
    }
not-rewritten-limit = You have had { $limit ->
        [one] your 1 prompt
       *[other] your { $limit } prompts
    } of today rewritten. You can have more rewritten { $resets_ms }; /imagine leaves it as it is if you choose “draw it as I wrote it” for enhance.
not-rewritten-waiting = { $limit } of your prompts are being rewritten already, or wait for it. Ask again when they are done, or use /imagine and choose “draw it as I wrote it” for enhance.
not-rewritten-service = The model that rewrites prompts can't be used right now. Try again in a minute; /imagine leaves your prompt as it is if you choose “draw it as I wrote it” for enhance.
not-rewritten-lost = The answer of the model that rewrites prompts was lost on its way. Ask again, or use /imagine and choose “draw it as I wrote it” for enhance.
not-rewritten-long = The rewritten prompt came out longer than the model takes. Shorten yours and try again, or use /imagine and choose “draw it as I wrote it” for enhance.
not-rewritten-withheld = The image service keeps the rewritten prompt back: it sees unsuitable content in it. Say yours differently, or use /imagine and choose “draw it as I wrote it” for enhance.
not-rewritten-rule = The rewritten prompt breaks a rule that this server has for prompts. Say yours differently, or use /imagine and choose “draw it as I wrote it” for enhance.
invalid-watermark = { $model } has no watermark: leave it out, or pick another model.
invalid-size-form = “{ $size }” is not a size. Pick one from the list, or type a ratio such as 21:9 or width*height such as { $default }.
invalid-size-range = { $model } can't draw { $size }. Each side must be { $min_side } to { $max_side } pixels, and the whole picture { $min_pixels } to { $max_pixels } pixels. Available: { $presets }.
invalid-size-ratio = { $model } can't draw { $size }: one side may be at most { $max_ratio } times the other. Available: { $presets }.
invalid-count = { $model } draws { $most ->
        [1] one picture
       *[other] { $least } to { $most } pictures
    } at a time, not { $value }{ $able ->
        [0] {""}
        [one] ; this one draws as many: { $models }
       *[other] ; these draw as many: { $models }
    }.
invalid-series = { $model } draws no series. These do: { $models }.
invalid-series-none = No model here draws a series: leave series out.
invalid-seed = { NUMBER($value, useGrouping: 0) } can't be a seed: use a whole number from { NUMBER($least, useGrouping: 0) } to { NUMBER($most, useGrouping: 0) }, or leave it out.
invalid-instruction-empty = The instruction is empty. Tell me in a few words what is to change in the picture.
edit-without-picture = Upload a picture, or pick a kept reference: the instruction alone has nothing to change.
invalid-picture-model = { $model } takes no pictures in. These do: { $models }.
invalid-edits-only = { $model } only changes uploaded pictures: use /edit for that, or pick another model.
invalid-words-none = The models that may be used here only change uploaded pictures: use /edit.
invalid-picture-none = No model here edits pictures: an admin can allow one with /settings models, if my operator has any; or use /imagine.
invalid-picture-many = { $model } takes { $limit ->
        [one] one picture in
       *[other] at most { $limit } pictures in
    }, not { $count }.
invalid-function = “{ $function }” is no function: pick one from the list, or leave it out.
invalid-function-nowhere = No model here has that function: an admin can allow one with /settings models, if my operator has any. Without function and what belongs to it, /edit follows your words.
invalid-function-model = { $model } doesn't have that function. These do: { $models }.
invalid-option-model = { $model } has no option “{ $option }”. These have it: { $models }.
invalid-option-nowhere = No model here has the option “{ $option }”: leave it out, and /edit follows your words.
invalid-strength-field = Strength goes with changing by words or giving all of it another style: pick one of these functions, or leave strength out.
invalid-side-field = Left, right, top and bottom go with adding more around a picture: pick that function, or leave them out.
invalid-factor-field = Factor goes with enlarging: pick that function, or leave factor out.
invalid-line_art-field = Line_art goes with making a picture of a drawing: pick that function, or leave line_art out.
invalid-mask-field = A mask goes with changing what is white in it: pick that function, or leave the mask out.
invalid-mask-missing = That function needs a mask: a black-and-white picture as large as yours, white where something is to change. Or set choose_region, and choose the part by buttons.
invalid-region-field = Choose_region changes the chosen fields as your instruction says, and goes with no function: leave out function and what belongs to functions (strength, factor, line_art, left, right, top, bottom), or leave out choose_region.
invalid-region-mask = What is to change is either white in a mask or chosen by buttons: leave out the mask or choose_region.
invalid-region-model = { $model } can't be told which part of a picture is to change. These can: { $models }.
invalid-region-nowhere = No model here can be told which part of a picture is to change: an admin can allow one with /settings models, if my operator has any. Without choose_region, /edit follows your words.
invalid-side-missing = Say how many percent are to be added, and where: left, right, top or bottom, up to { $most } each.
invalid-strength = { $value } can't be a strength: use { $least } to { $most } percent, or leave it out.
invalid-side = { $value } percent can't be added: use { $least } to { $most }, or leave it out.
invalid-factor = A picture can't be made { $value } times as large: use { $least } to { $most }, or leave factor out.
invalid-result-large = The result would have { $size } pixels; I can handle { $limit } million. Add less, take a smaller factor, or hand in a smaller picture.
mask-size = The mask “{ $file }” has { $width }×{ $height } pixels and the picture { $wanted_width }×{ $wanted_height }: make it exactly as large as the picture.
mask-black = The mask “{ $file }” has no white in it, so nothing would change: paint white what is to change.
edit-form-title = Edit picture
edit-form-instruction = What is to change?
edit-form-picture = Which picture?
edit-form-choice = { $place } · { $file }
edit-form-model = Model
edit-form-price = { $price } per picture{ $inputs ->
        [0] {""}
       *[other] {" "}+ { $inputs_paid } for the one that is edited
    }
edit-form-gone = This form is over: it is more than an hour old, or you have opened another one since. Nothing was taken from your quota; open Apps > Edit picture on the message again.
edit-message-gone = The message has been deleted, so its picture can't be edited any more. Nothing was taken from your quota.
edit-no-picture = This message has no picture of its own: use this on a message with an uploaded picture or on one of my pictures, or use /edit with a file.
edit-no-card = I don't know whose pictures these are (any more): use this on the message with which I delivered a picture, or use /edit with a file of yours.
edit-removed = These pictures were removed, so they can't be edited: pick another picture.
edit-private = This picture is for another member alone, so only they can edit it: pick another picture, or use /edit with a file of yours.
edit-private-shown = You alone see this picture, and this server wants what I make to be seen by everybody in the channel. To have it edited all the same, save it and use /edit with the file.
edit-of-bot = An app posted this picture, and nobody can agree for it: only pictures of members and of mine can be edited here, or use /edit with a file of yours.
edit-others-off = On this server members edit only their own pictures: pick one of yours, or ask an admin to allow more with /settings moderation.
edit-others-refused = The member whose picture this is doesn't let others edit it: pick another picture.
edit-origin-off = This was made from a picture of another member, and on this server members edit only their own: pick another picture, or ask an admin to allow more with /settings moderation.
edit-origin-refused = This was made from a picture of a member who doesn't let others edit it: pick another picture.
picture-kind = “{ $file }” can't be edited: upload a still picture as JPEG, PNG, WebP or BMP.
picture-animated = “{ $file }” is animated: upload a still picture.
picture-broken = “{ $file }” is damaged or incomplete: save it again, or take another picture.
picture-extra = “{ $file }” has other data after the picture: save the picture again and upload that.
picture-heavy = “{ $file }” has { $size } MB; at most { $limit } MB work. Save it smaller and try again.
picture-small = “{ $file }” has { $width }×{ $height } pixels; each side needs at least { $limit }. Take a larger picture.
picture-large = “{ $file }” has { $width }×{ $height } pixels; each side may have at most { $limit }. Make it smaller and try again.
picture-pixels = “{ $file }” has more than { $limit } million pixels. Make it smaller and try again.
picture-dense = “{ $file }” is too large to be sent beside the others, and can't be made smaller. Hand in fewer pictures, or a simpler one.
picture-ratio = “{ $file }” has { $width }×{ $height } pixels; one side may be at most { $limit } times the other. Cut it and try again.
picture-not-fetched = Discord didn't hand “{ $file }” over just now. Nothing was taken from your quota; try again.
picture-foreign = “{ $file }” does not lie with Discord, so I don't fetch it. Upload the picture itself.
reference-name-empty = That name shows nothing. Give the reference a name such as “mascot”.
reference-name-long = The name has { $length } characters; at most { $limit } work.
reference-name-taken = There is a reference called “{ $name }” already. Take another name, or remove that one first.
reference-own-full = You keep { $limit } references here, as many as a member may. Remove one first.
reference-shared-full = This server shares { $limit } references, as many as a server may. Remove one first.
reference-server-full = All references in this server together may have { $limit } MB. One has to be removed first.
reference-unknown = There is no reference called “{ $name }” here. /reference show lists those that you can use.
reference-gone = That reference has been removed meanwhile.
reference-picture-gone = The kept picture “{ $file }” can't be read now, so nothing was started. Try again, or add the reference anew.
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
    }. You have { $left } left; at { $price } per picture{ $inputs ->
        [0] {""}
        [one] {" "}and { $inputs_paid } for the one that comes in
       *[other] {" "}and { $inputs_paid } for those that come in
    } this would take { $needed }{ $free_left ->
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
account-stopped = The image service takes no requests from this bot right now, with any model; the operator has been told. Try again later.
queue-full = The queue for { $model } is full ({ $limit } waiting). Try again in a few minutes, or pick another model.
server-queue-full = This server has { $waiting ->
        [one] one request
       *[other] { $waiting } requests
    } waiting for { $model }, as many as it may while other servers wait too. Try again in a few minutes, or pick another model.
too-many-active = You already have { $limit } { $limit ->
        [one] job
       *[other] jobs
    } under way, the most at a time here. Wait for one to finish, or cancel one.
cooling-down = One moment: you can ask again { $again_ms }.
refused-too-often = { $count } of your prompts were refused within { $minutes } minutes, by this server's rules or by the image service. You can ask again { $again_ms }. Nothing was taken from your quota.
refused-too-often-next = That was refused prompt number { $count } within { $minutes } minutes: you can only ask again { $again_ms }.
refused-strike = That is refused prompt { $count } of { $limit }: after { $limit } within 24 hours, you can't ask for pictures for a day.
refused-paused = { $limit ->
        [1] Because of this prompt
       *[other] That was refused prompt { $limit } of { $limit } within 24 hours:
    } you can't ask for pictures for a day.
refused-one-more = One more refused prompt, and you have to wait { $minutes } minutes.
shutting-down = I'm about to restart. Please try again in a minute.
server-not-known = Discord hasn't told me enough about this server yet; I may have just started. Please try again in a moment.
server-not-allowed = This server isn't on the list of those I work for. The bot's operator can add it.
guild-only = I make pictures in servers only.
channel-not-allowed = Pictures can't be made in this channel; this server allows it here: { $channels }.
model-not-allowed = This server doesn't allow { $model }. Available: { $models }.
private-not-allowed = This server wants pictures to be seen by everybody in the channel: ask again without “private”.
public-not-allowed = This server wants pictures to be seen by the one who asks alone: ask again without “private:False”.
offer-gone = This question is over: it was answered already, another one took its place, or its ten minutes have passed. This press took nothing from your quota; ask again if you still want it.
prompt-gone = This prompt was drawn already, or its hour is over. This press took nothing from your quota; ask for it again with /prompt.
answer-refused = Discord doesn't let me answer here, so nothing was started, and nothing was taken from your quota.
answer-refused-thread = This thread is closed, and I'm not allowed to answer in it. Nothing was started, and nothing was taken from your quota.
answer-refused-words = Discord doesn't take my answer with the words of this request in it, such as a link, so nothing was started, and nothing was taken from your quota. Try other words.
missing-permissions = I can't show pictures in this channel: I'm missing { $permissions }. An admin of the server can grant that; nothing was taken from your quota.
permission-view_channel = “View Channel”
permission-send_messages = “Send Messages”
permission-send_messages_in_threads = “Send Messages in Threads”
permission-attach_files = “Attach Files”
not-yours = #{ NUMBER($number, useGrouping: 0) } can be opened, canceled or deleted by whoever asked for it, by moderators of the whole server and, if it isn't private, by those who manage messages of its channel, there.
admins-only = Only admins of the server can do that: it takes the permission “Manage Server”, or a role that /settings roles names.
moderators-only = Only moderators of the server can do that: it takes the permission “Moderate Members” or “Manage Messages” in the whole server, or a role that /settings roles names.
rule-names-nothing = Nothing was changed: name at least one value to set.
rule-out-of-bounds = { $field } must be { NUMBER($least, useGrouping: 0) } to { NUMBER($most, useGrouping: 0) }.
rule-out-of-bounds-money = A budget can be at most { $amount } per period.
grant-one-of = Give either an amount of money or a number of pictures: fill in one of the two. Nothing was given.
grant-pictures-out-of-bounds = A grant of pictures must be { NUMBER($least, useGrouping: 0) } to { NUMBER($most, useGrouping: 0) }. Nothing was given.
nothing-to-reset = This member has used nothing of this period's free pictures and budget, so there is nothing to reset.
reset-yourself = You can't reset your own quota; another admin of the server can.
grant-out-of-bounds = A grant must be more than nothing and at most { $amount }.
nothing-to-refund = Nothing was charged for this job, so there is nothing to give back.
refunded-already = What this job was charged was given back already.
refund-own = You can't give back what your own request was charged; another admin of the server can.
refund-forgotten = Whoever asked for this has had their data erased since, so there is nobody to give it back to.
grant-yourself = You can't give credit or pictures to yourself; another admin of the server can.
rule-own = You can't set or clear your own rule; another admin of the server can. /quota set-default and set-role make rules for more than one.
pool-above-ceiling = The operator gives this server { $amount } a month at most; set that or less.
no-such-job = There is no job #{ NUMBER($number, useGrouping: 0) } in this server.
job-gone = I don't know this job any more.
still-under-way = #{ NUMBER($number, useGrouping: 0) } is still under way; it can be deleted once it is done.
storage-unavailable = I can't write anything down right now, so nothing was started, and nothing was taken from your quota. Please try again in a minute.
storage-damaged = My records are damaged, and I can't do this until the operator has repaired them. Nothing was taken from your quota.
answer-lost = Discord didn't take my answer just now. What you asked for may have been done: have a look before you try again.
answer-forbidden = Discord doesn't let me answer that here any more: a permission of mine was just taken away. What you asked for may have been done: have a look before you try again.
typed-given-back = **What you wrote**
unexpected = Something went wrong on my side. If it keeps happening, give the operator this reference: { $reference }

## May it cost so much?

proposal = { $images ->
        [one] This picture
       *[other] These { $images } pictures
    } would take { $paid } from your budget{ $inputs ->
        [0] {""}
        [one] {" "}({ $inputs_paid } of it for the picture that comes in)
       *[other] {" "}({ $inputs_paid } of it for the pictures that come in)
    }: your free pictures are used up. Once you agree I don't ask again in this period. Until you agree nothing is held. End of the offer: { $expires_ms }; after that, ask again.
proposal-series = This series would take up to { $paid } from your budget, for { $images ->
        [one] its picture
       *[other] { $images } pictures
    }: your free pictures are used up. The service picks how many it draws, and only those count. Once you agree I don't ask again in this period. Until you agree nothing is held. End of the offer: { $expires_ms }; after that, ask again.
proposal-series-mixed = Of the { $images } pictures that this series may have { $free ->
        [one] 1 is
       *[other] { $free } are
    } free; the rest would take up to { $paid } from your budget. The service picks how many it draws, and only those count. Once you agree I don't ask again in this period. Until you agree nothing is held. End of the offer: { $expires_ms }; after that, ask again.
proposal-mixed = { $free } of these { $images } pictures { $free ->
        [one] is
       *[other] are
    } free; the rest would take { $paid } from your budget{ $inputs ->
        [0] {""}
        [one] {" "}({ $inputs_paid } of it for the picture that comes in)
       *[other] {" "}({ $inputs_paid } of it for the pictures that come in)
    }. Once you agree I don't ask again in this period. Until you agree nothing is held. End of the offer: { $expires_ms }; after that, ask again.
button-agree = Make { $images ->
        [one] it
       *[other] them
    } for { $paid } from your budget
button-drop = Never mind
offer-dropped = All right, nothing was made, and nothing was taken from your quota.
offer-lost = Discord didn't take my answer to your press, so nothing was made, and nothing was taken from your quota. Please ask again.
region-question = Which part of the picture is to change? Press the buttons of its fields, then “Edit this region”; until you press that, nothing is held or taken from your quota. End of the question: { $expires_ms }; after that, ask again.
region-last = Of your { $pictures } pictures it is the last that changes.
region-wordless = You gave no instruction: what lies in the chosen fields is taken out of the picture.
region-chosen = Chosen: { $fields }.
region-empty = No field is chosen yet: press at least one of the buttons A1 to D4.
region-model-changed = { $model } can't be told any more which part of a picture is to change: ask again with another model, or without choose_region.
region-scattered = { $model } takes { $limit ->
        [one] one rectangle
       *[other] at most { $limit } rectangles
    }, and these fields form { $count }: choose fields that form fewer.
region-over = This question is over.
region-grid = Your picture under a grid of 4×4 fields: A to D from left to right, 1 to 4 from top to bottom
region-agreed = You chose the region; it is #{ NUMBER($number, useGrouping: 0) } now.
region-priced = You chose the region; now there is a question about your budget.
button-edit-region = Edit this region
button-field-chosen = ✓ { $field }
offer-agreed = You agreed; it is #{ NUMBER($number, useGrouping: 0) } now.
proposal-for = > { $prompt }
prompt-before = **As you wrote it**
prompt-hint = The button draws it { $private ->
        [0] for everybody in this channel to see
       *[other] for you alone to see
    }, with this server's first model, once, within an hour; your quota counts as with /imagine.
prompt-not-shown = Your prompt is rewritten, but Discord doesn't let me show its words. The button draws it all the same, { $private ->
        [0] for everybody in this channel to see
       *[other] for you alone to see
    }, once, within an hour.
button-draw = Draw it

## Answers to cancel and delete

cancel-done = #{ NUMBER($number, useGrouping: 0) } is canceled. Nothing was taken from your quota.
cancel-noted = I've asked for #{ NUMBER($number, useGrouping: 0) } to be canceled. If it's too late for that, the pictures will still come, and count against your quota.
cancel-late = It's too late to cancel #{ NUMBER($number, useGrouping: 0) }: { $images ->
        [one] the picture is already being made, and counts against your quota when it comes
       *[other] the pictures are already being made, and count against your quota when they come
    }.
cancel-charged = It's too late to cancel #{ NUMBER($number, useGrouping: 0) }: { $images ->
        [one] the picture is made, and counts against your quota
       *[other] the pictures are made, and count against your quota
    }.
cancel-ended = #{ NUMBER($number, useGrouping: 0) } has already ended.
delete-title = Delete #{ NUMBER($number, useGrouping: 0) }?
delete-question = The message, its pictures and the stored files are deleted for good.
delete-question-bare = The message is deleted for good.
delete-question-locked = This thread is locked: the stored files go at once, but the message stands until a moderator unlocks the thread. I try again every hour; in a locked thread I can't answer you.
delete-charge-stays = { $charged } That isn't given back.
delete-charge-back = What it took was given back.
delete-rest-free = { $free ->
        [one] 1 free picture isn't given back.
       *[other] { $free } free pictures aren't given back.
    }
delete-rest-paid = { $paid } isn't given back.
delete-rest-mixed = { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    } and { $paid } aren't given back.
delete-failed = The message itself still stands, { $link }: Discord didn't let me delete it. I keep trying to take the pictures out of it, at once and then every hour; you can delete it by hand or ask me again.
delete-failed-own = The message itself still stands, { $link }: Discord didn't let me delete it. I keep trying to take the pictures out of it, at once and then every hour; you can ask me again.
delete-locked = The message still stands, { $link }: its thread is locked. Unlock it; I try again every hour.
delete-locked-own = The message still stands, { $link }: its thread is locked. I try again every hour; ask a moderator to unlock the thread.
delete-unknown = The request is old, and I no longer know which message is its own: if it still stands, delete it by hand.
pictures-gone = The pictures of #{ NUMBER($number, useGrouping: 0) } aren't kept any more.
nothing-to-send = #{ NUMBER($number, useGrouping: 0) } has nothing left to be sent again.
no-own-job = You have no job #{ NUMBER($number, useGrouping: 0) }. Numbers count within each server: try it there.
sent-elsewhere = Sent to the member elsewhere.
sending-again = I'm sending #{ NUMBER($number, useGrouping: 0) } again: { $link }

## Job cards

title-queued = Queued
title-paused = Paused
title-submitted = Handed over
title-in-doubt = Checking
title-drawing = Drawing
title-fetching = Downloading
title-delivering = Posting
title-delivered = { $images ->
        [one] Here is your picture
       *[other] Here are your pictures
    }
title-failed = No pictures this time
title-canceled = Canceled
title-void = Never begun
title-expired = Waited too long
title-given-back = Given back
title-undelivered = Made, but not delivered
title-removed = Removed
title-removing = Removal under way

card-heading = { $title } · #{ NUMBER($number, useGrouping: 0) }
card-details = { $model } · { $size } · { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    }
card-details-partial = { $model } · { $size } · { $made } of { $images } pictures
card-prompt-withheld = *The prompt was refused, and is shown to whoever asked for this only.*
card-details-series = { $model } · { $size } · a series of up to { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    }
card-details-seed = {" · "}seed { NUMBER($seed, useGrouping: 0) }
card-negative = Without: { $negative }
queued-next = You're next in line. Expected { $ready_ms }.
queued-place = Number { $place } in line. Expected { $ready_ms }.
queued-paused = The image service isn't taking { $model } just now. You keep your place in line ({ $place }), and nothing is taken from your quota while you wait.
queued-paused-account = The image service isn't taking requests from this bot just now. You keep your place in line ({ $place }), and nothing is taken from your quota while you wait.
submitted-body = The image service has it. Expected { $ready_ms }.
in-doubt-body = The image service didn't answer clearly ({ $since_ms }). I'm finding out whether it has started: usually that takes ten minutes, at most a day. Nothing is taken from your quota twice.
drawing-body = { $images ->
        [one] The picture is
       *[other] The pictures are
    } being drawn. Expected { $ready_ms }.
fetching-body = Drawn. { $images ->
        [one] The picture is on its
       *[other] The pictures are on their
    } way here.
note-direct-message = This may take longer than a private reply lives, so the result will come by direct message. Please allow direct messages from this server.
note-last-word = This reply can't follow any longer. /job number:{ NUMBER($number, useGrouping: 0) } shows how it stands.
note-prompt-long = Prompts over { $limit } characters may be cut by { $model }; the start counts most.
note-cut = The image service cut your prompt: it used only the beginning.
note-canceling = Cancellation was asked for; waiting for the image service's word.
note-cancel-late = The cancellation came too late: the image service had already begun, so { $images ->
        [one] this picture was made and counts against your quota
       *[other] these pictures were made and count against your quota
    }.
note-cancel-refused = It's too late to cancel: the image service has already begun.
note-series = The service picks how many pictures this series has, up to { $most }; only those that come count.
note-series-drawn = The service drew a series of { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    }{ $rest ->
        [0] .
       *[other] ; it could have been { $most }, and what wasn't needed was returned to you.
    }
note-pictures = { $pictures ->
        [one] Edited from an uploaded picture.
       *[other] Edited from { $pictures } uploaded pictures.
    }
note-pictures-kept = Edited from { $kept ->
        [one] the picture of a kept reference
       *[other] the { $kept } pictures of a kept reference
    }{ $pictures ->
        [0] {""}
        [one] {" "}and an uploaded one
       *[other] {" "}and { $pictures } uploaded ones
    }.
note-pictures-job = Edited from a picture of #{ NUMBER($number, useGrouping: 0) }.
edit-instruct = Function: by words, strength { $strength } %.
edit-region = Function: where the mask is white.
edit-style = Function: another style, strength { $strength } %.
edit-part-style = Function: another style for a part.
edit-unmark = Function: without its watermark.
edit-expand = Function: more around it (left { $at_left } %, right { $at_right } %, top { $at_top } %, bottom { $at_bottom } %).
edit-enlarge = { $factor ->
        [1] Function: sharper.
       *[other] Function: { $factor } times as large.
    }
edit-colour = Function: in colour.
edit-sketch = Function: a picture from a drawing.
edit-cartoon = Function: a cartoon figure in another scene.
note-region = Region: { $fields } (fields of a 4×4 grid over the picture, A1 at the upper left).
note-pictures-of = Edited from a picture of { $member }.
note-picture-scaled = A picture was made smaller first: as it was, it was too large to be sent.
note-picture-flattened = Transparent areas were treated as white.
note-not-rewritten-waiting = Drawn as you wrote it: too many of your prompts were waiting to be rewritten.
note-not-rewritten-limit = Drawn as you wrote it: your rewritten prompts of today are used up.
note-not-rewritten-cap = Drawn as you wrote it: the bot's monthly limit leaves nothing for rewriting prompts.
note-not-rewritten-service = Drawn as you wrote it: the model that rewrites prompts couldn't be used.
note-not-rewritten-lost = Drawn as you wrote it: the answer of the model that rewrites prompts was lost on its way.
note-not-rewritten-long = Drawn as you wrote it: the rewritten prompt was longer than the model takes.
note-not-rewritten-withheld = Drawn as you wrote it: the image service kept the rewritten prompt back.
note-not-rewritten-rule = Drawn as you wrote it: the rewritten prompt broke a rule of this server.
note-reencoded = Shown as JPEG here because the original is too large for Discord; the original is kept.
note-bare = Discord doesn't take the words of this request, so they are left out here.
note-left-out = { $missing ->
        [one] 1 picture is
       *[other] { $missing } pictures are
    } too large for Discord even as JPEG; { $missing ->
        [one] it is
       *[other] they are
    } kept.
note-lost = { $missing ->
        [one] 1 picture was made, but its file was lost here before it could be posted; what it took is given back.
       *[other] { $missing } pictures were made, but their files were lost here before they could be posted; what they took is given back.
    }
note-unread = { $missing ->
        [one] 1 picture's file
       *[other] The files of { $missing } pictures
    } can't be read here; the operator can see why in the log.
note-not-shown = { $missing ->
        [one] 1 picture
       *[other] { $missing } pictures
    } can't be shown here any more; the message itself still shows { $missing ->
        [one] it
       *[other] them
    }.
note-covered = Covered by the moderators
note-ai = Made by AI
note-ai-marked = Made by AI, with the service's watermark
note-partial = { $made } of { $asked } pictures { $made ->
        [one] was
       *[other] were
    } made. { $charged ->
        [one] 1 counts
       *[other] { $charged } count
    }; the rest was returned to you.
note-partial-why = { $missing ->
        [one] 1 missing picture:
       *[other] { $missing } missing pictures:
    } { $reason }
rewritten = **The prompt as the model rewrote it**
enhanced-improve = **The prompt as it was improved**
enhanced-translate = **The prompt in English**
picture-line = Picture { $place }: { $size }
seed-line = Picture { $place }: seed { NUMBER($seed, useGrouping: 0) }, { $size }
charge-nothing = Nothing was charged.
charge-free = Charged: { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    }.
charge-paid = Charged: { $paid }.
charge-mixed = Charged: { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    } and { $paid }.
receipt-free = From your free pictures: { $free }.
receipt-paid = { $source ->
        [credit] From your credit: { $paid }.
        [both] From your budget and credit: { $paid }.
       *[budget] From your budget: { $paid }.
    }
receipt-mixed = From your free pictures: { $free }; { $source ->
        [credit] from your credit: { $paid }.
        [both] from your budget and credit: { $paid }.
       *[budget] from your budget: { $paid }.
    }
receipt-inputs = { $inputs_paid } of that was for { $inputs ->
        [one] the picture that it was made from
       *[other] the { $inputs } pictures that it was made from
    }.
receipt-nothing = Nothing was taken from your quota.
receipt-back-free = Given back: { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    }.
receipt-back-paid = Given back as credit: { $paid }.
back-free = given back: { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    }
back-paid = given back as credit: { $paid }
back-mixed = given back: { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    }, and { $paid } as credit
receipt-nearly-out = That is less than a fifth of what this period gives you.
receipt-left = Left: { $left } · resets { $resets_ms }
left-given = { $images ->
        [one] 1 of this period's free pictures was given by an admin.
       *[other] { $images } of this period's free pictures were given by an admin.
    }
left-again = After refused prompts you can ask again { $again_ms }.
left-again-member = After refused prompts this member can ask again { $again_ms }.
reference = Reference: { $reference }
shortened = … (shortened)
alt-fallback = Picture { $place } of job #{ NUMBER($number, useGrouping: 0) }

failure-content = The image service refused this: it sees unsuitable content in the prompt or the picture. Try saying it differently.
failure-ip = The image service refused this: it may touch somebody's rights, such as a known character or brand. Try something of your own.
failure-parameter = The image service could not work with this request as it stands. Other options or another wording may help.
failure-input = A picture that you handed in could not be used. Hand it in again, or take another one.
failure-timeout = The image service took too long and gave up. You can try again.
failure-service = The image service had a fault of its own. You can try again.
failure-busy = The image service had too much to do. Try again in a few minutes.
failure-doubt = It never became clear whether the image service began. To be safe it wasn't tried again.
failure-answer = No usable answer came from the image service, and this model can't be asked for its pictures a second time. To be safe they weren't drawn once more; you can ask again.
failure-forgotten = The image service no longer knows this job.
failure-results = The pictures were made but could not be downloaded.
failure-lost = The pictures were made, but their files were lost here before they could be posted.
failure-unknown = The image service ended this without pictures.
expired-wait = It waited in line longer than is sensible, so I gave your place back. You can try again.
expired-stopped = The model stayed stopped for too long, so I gave your place back. Try another model.
expired-account = The image service took no requests from this bot for too long, so I gave your place back. You can try again later.
expired-left = I was removed from the server while it waited in line, so I gave your place back.
undelivered-forbidden = The pictures are made and kept, but Discord doesn't let me post them here: I may be missing a permission.
undelivered-left = The pictures are made and kept, but I was removed from that server.
undelivered-locked = The pictures are made and kept, but this thread was closed and I'm not allowed to open it again.
undelivered-closed = The pictures are made and kept, but you take no direct messages from me: allow them for this server.
undelivered-gone = The pictures are made and kept, but the message or its channel is gone.
undelivered-large = The pictures are made and kept, but Discord finds them too large.
undelivered-unreadable = The pictures are made and kept, but I can't read their files right now; the operator can see why in the log.
undelivered-other = The pictures are made and kept, but I couldn't post them.
undelivered-body = They count against your quota all the same, since they were made. Press *Send again* whenever you like.
copy-locked = Here they are; I couldn't post them in { $channel }: it is locked.
removed-body = The pictures of this job were removed.
removing-body = The stored pictures of this job are deleted.
removing-by-moderator = A moderator is removing these pictures; the stored ones are deleted.
removing-by-moderator-why = A moderator is removing these pictures (reason: { $reason }); the stored ones are deleted.
removed-out-of-reach = The member's private reply is out of my reach: it stays with them until they close it.
removed-out-of-reach-own = Your private reply is out of my reach: it stays with you until you close it.
removed-stands = The message still stands, because Discord hasn't let me change or delete it; if its thread is locked, a moderator has to unlock that. I try again every hour; press *Delete* to try now.
removed-by-moderator = A moderator removed these pictures.
removed-by-moderator-why = A moderator removed these pictures (reason: { $reason }).

button-cancel = Cancel
button-canceling = Canceling…
button-cancel-late = Too late to cancel
button-delete = Delete
button-send-again = Send again
button-open = Open the message
button-again = Again
button-try-again = Try again
button-change = Change it
button-edit-picture = Edit picture
button-more = More…
button-vary = Vary
button-enlarge = Upscale
button-finish = Finish with { $model }
button-keep = Keep as reference
button-priced = { $label } · { $price }

## The same once more, by the buttons under it

repeat-form-title = Ask again, with changes
repeat-form-prompt = Prompt
repeat-form-negative = Negative prompt
repeat-form-model = Model
repeat-form-size = Size, such as 1024x1024 or 16:9
repeat-form-count = How many pictures
repeat-count = “{ $count }” is no number of pictures; put one such as 2. Nothing was taken from your quota.
repeat-long = This prompt has more characters than a form takes ({ $limit }). Nothing was taken from your quota; use *Again*, or ask with /imagine.
repeat-gone = I don't know any more what this was asked for with. Nothing was taken from your quota; ask for it with /imagine.
repeat-not-yours = Only whoever asked for #{ NUMBER($number, useGrouping: 0) } can have it drawn again. Ask for pictures of your own with /imagine.

## What quota covers instead, under a refusal

button-instead-fewer = { $count ->
        [one] Make 1 picture instead
       *[other] Make { $count } pictures instead
    }
button-instead-model = Use { $model }
instead-gone = This is over: its buttons work for ten minutes, and not after a newer request that you couldn't have. Nothing was taken from your quota; ask again with /imagine.

## What More… under pictures shows, and makes of them

more-title = { $pictures ->
        [one] **Picture of #{ NUMBER($number, useGrouping: 0) }**
       *[other] **Picture { $place } of #{ NUMBER($number, useGrouping: 0) }**
    }
more-picture = Picture { $place }
more-copy = To ask for the same, copy this:
more-too-long = The prompt is too long to be shown here as a whole. *Change it* shows it.
more-gone = This picture is gone. Nothing was taken from your quota; ask for a new one with /imagine.
more-not-yours = Only whoever asked for #{ NUMBER($number, useGrouping: 0) } can do that. To edit a picture of somebody else's, use *Edit picture* under it.
more-way-gone = No model that you can use here does that any more. Nothing was taken from your quota; press *More…* again for what there is now.
made-picture-gone = The file of picture { $file } can't be read now, so nothing was started. Try again, or use *Edit picture* under it.
keep-form-title = Keep as a reference
keep-form-name = Name, for /edit reference
prompt-vary = Another version of this picture, slightly different in its details. { $prompt }
prompt-finish = Draw this picture again in the finest quality, with the same composition. { $prompt }

## Messages beside the cards

ping = { $member } your { $images ->
        [one] picture is
       *[other] pictures are
    } ready: { $link }
ping-private = Your { $images ->
        [one] picture #{ NUMBER($number, useGrouping: 0) } is
       *[other] pictures #{ NUMBER($number, useGrouping: 0) } are
    } ready: { $link }
told-undelivered = #{ NUMBER($number, useGrouping: 0) } in { $link }: { $reason } They count against your quota all the same, since they were made. Type /job number:{ NUMBER($number, useGrouping: 0) } here or there to get them.
told-ended = #{ NUMBER($number, useGrouping: 0) } in { $link } ended without pictures. { $end } { $charged }
ended-canceled = It was canceled.
told-unproven = #{ NUMBER($number, useGrouping: 0) } in { $link }: I couldn't make sure that my answer reached you, so I took the request back. Nothing was made, and nothing was taken from your quota; please ask again if you still want it.
told-delivered = { $images ->
        [one] Your picture is ready
       *[other] Your { $images } pictures are ready
    }: #{ NUMBER($number, useGrouping: 0) }, { $link }. You asked for a direct message; /preferences changes that.
told-credit = An admin of { $server } gave you { $amount } of credit { $given_ms }. It is used there when your free pictures and budget are used up, and it doesn't expire.
told-pictures = An admin of { $server } gave you { $images ->
        [one] 1 free picture
       *[other] { $images } free pictures
    } { $given_ms }, on top of what you have there. Use { $images ->
        [one] it
       *[other] them
    } before your quota resets { $resets_ms }.
told-period = An admin of { $server } reset your quota of this period { $given_ms }: you got back { $used }. The period still ends { $resets_ms }.
told-picture-edited = { $member } had a picture of yours edited on { $server }: #{ NUMBER($number, useGrouping: 0) }, { $link }. If you don't want others to edit your pictures, say so here or there with /preferences.
told-pictures-edited = { $count } { $more ->
        [0] edits
       *[other] more edits
    } of your pictures:
told-pictures-edited-line = - { $member } on { $server }: #{ NUMBER($number, useGrouping: 0) }, { $link }
told-pictures-edited-line-private = - { $member } on { $server } (#{ NUMBER($number, useGrouping: 0) }); only they and the moderators see what came of it
told-pictures-edited-rest = - and { $count } more before that
told-pictures-edited-way = If you don't want others to edit your pictures, say so here or there with /preferences.
told-picture-edited-private = { $member } had a picture of yours edited on { $server } (#{ NUMBER($number, useGrouping: 0) }); only they and the moderators see what came of it. If you don't want others to edit your pictures, say so here or there with /preferences.

operator-lane-stopped = **{ $model } has stopped.** The image service answered { $code }. { $advice } Jobs in line keep their place; I try again by myself at growing intervals.
operator-lane-not-offered = **{ $model } has stopped.** The image service's list of models doesn't have it any more. Take it out of the configuration or name its successor; meanwhile whoever names no model gets the next one. Jobs in line keep their place; I try again by myself at growing intervals, and it goes on if the service still takes a request.
operator-model-retires = **{ $model } goes offline on { $day }** ({ $ends_ms }), by the image service's list of models, or by goes_offline in the configuration where that names no day. Take it out of the configuration or name its successor before that.
operator-text-model-gone = **The image service's list of models doesn't have { $model } any more**, which rewrites prompts. Name its successor in the configuration, with its prices: model, price_in and price_out of [rewriting]. Until then each prompt is drawn as it was written wherever the service refuses to rewrite it.
operator-account-stopped = **The whole account has stopped.** The image service answered { $code }. { $advice } Jobs in line keep their place; I try again by myself at growing intervals.
operator-lane-reopened = { $model } works again. Jobs in line go on.
operator-requests-refused = **{ $model } refuses what members ask for.** { $members } members in a row were refused, the last with { $code }, and not for what their prompts say. The model may take other sizes or numbers of images than the configuration offers: compare it with the image service's page.
operator-work-failing = **Something of mine keeps failing:** “{ $work }” failed { $failures } times in a row. I go on trying; my log has the reason under { $reference }.
operator-database-damaged = **The database is damaged.** A part of its file can't be read. What needs that part waits and can't be answered; the rest goes on. Stop me, copy the files away, and go on as docs/operating.md says under *A damaged database*: often nothing need be restored.
operator-commands-unregistered = **My commands are not registered.** They couldn't be registered ({ $reason }). I run on with the commands that are there, and try again by myself, at least every hour.
operator-account-reopened = The account works again. Jobs in line go on.
advice-key = Check the API key, and that it belongs to the region of the base URL: a key of another region is refused like this.
advice-arrears = The account is in arrears: top it up.
advice-denied = The account has no access to this: check in the console that the service is activated and the key's workspace may use the model.
advice-free-tier = The free tier is used up: switch off “use free tier only” in the console to go on at list price.
advice-model = The model isn't offered any more: take it out of the configuration or name its successor.
advice-address = The model isn't offered at this address: it is retired, or the service has it at another one that I don't speak. Take it out of the configuration or name its successor.
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
table-back-free = Free pictures given back
table-back = Given back as credit (CNY)
table-list = At list price (CNY)
table-share = Share of the month's pool (%)

## Reports

report-heading = **Pictures made in { $server }** · { $period } · { $zone }
report-members = **Members**
report-models = **Models**
report-totals = { $totals } · { $amount } at list price
report-month = **{ $month }**: { $totals }
report-pool = That is { $percent ->
        [0] less than 1 %
       *[other] { $percent } %
    } of the server's pool for the month ({ $amount }). The pool counts free pictures too, at list price.
report-member = - { $name }: { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    } · { $paid } charged · { $amount } at list price
report-member-share = - { $name }: { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    } · { $paid } charged · { $amount } at list price, { $percent ->
        [0] less than 1 %
       *[other] { $percent } %
    } of the pool
report-line = - { $name }: { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    } · { $paid }
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
report-refused-account = - the image service took no requests from this bot: { $count }
report-refused-prompt = - against the server's rules for prompts: { $count }
report-refused-service = - refused by the image service for what the prompt says, before anything was drawn: { $count }
report-refused-wait = - asked during a wait after refused prompts: { $count }
report-refused-blocked = - from a member who is blocked or paused: { $count }
report-refused-consent = - another member's picture, which may not be edited: { $count }
report-refused-other = - for other reasons: { $count }
report-table-cut = The table has the first { $rows } of { $all } rows: those who used most.
report-no-chart = The chart could not be drawn.
report-no-period = “{ $typed }” names no day or month. Pick a period from the list, or type one of its days, such as { $example }, or a month, such as { $month }.
report-period-to-come = “{ $typed }” has not begun yet. Pick a period from the list, or type a day up to { $example }, or a month up to { $month }.
choice-period-current = Current period · { $days }
choice-period-previous = Previous period · { $days }
operator-report = **Last week · { $period }**
operator-report-total = The image service bills { $cost } for { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    }, { $tier } of them from free tiers. Members were charged { $paid }.
operator-report-model = - { $model }: { $images } · { $cost }
operator-report-text-model = - { $model }: { $prompts ->
        [one] 1 rewritten prompt
       *[other] { $prompts } rewritten prompts
    } · { $cost }
operator-report-doubtful = It may bill { $amount } besides: `jobs in-doubt` names what is unclear.
operator-report-lost = It may bill { $amount } for rewritten prompts that were lost on their way or kept back; that counts until the month is over.
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
    }. { $waits ->
        [0] Say it differently and try again; nothing was taken from your quota.
       *[other] Nothing was taken from your quota.
    }
prompt-breaks-pattern = The moderators of this server have a rule that this { $field ->
        [negative] negative prompt
       *[prompt] prompt
    } breaks. { $waits ->
        [0] Say it differently and try again; nothing was taken from your quota.
       *[other] Nothing was taken from your quota.
    }
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
command-settings-description = What holds in this server: channels, models, period, roles, language, where I report
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
option-settings-timezone-description = Type a city or an offset in whole hours, such as Shanghai or UTC+8; days begin at midnight there
option-settings-channel-name = channel
option-settings-channel-description = A channel that only admins and moderators can read: I show prompts and pictures there
option-settings-none-name = none
option-settings-none-description = Report nowhere
option-settings-pictures-name = pictures
option-settings-pictures-description = Who sees the pictures that members ask for
option-settings-confirm_paid-name = confirm_paid
option-settings-confirm_paid-description = Ask a member before their first paid request of a period
command-settings-language-name = language
command-settings-language-description = Choose the language of the log channel and of notices to this server
option-settings-language-name = language
option-settings-language-description = Which language; members are still answered in their own
choice-language-discord = as Discord says
language-name = English
command-settings-gallery-name = gallery
command-settings-gallery-description = Choose a channel that shows pictures which many members like
option-settings-gallery_channel-name = channel
option-settings-gallery_channel-description = Where such pictures are shown, if their owners allow it
option-settings-gallery_none-name = none
option-settings-gallery_none-description = Show none
option-settings-stars-name = stars
option-settings-stars-description = How many other members must have a picture as a favourite (otherwise 3)
command-settings-prompts-name = prompts
command-settings-prompts-description = Choose whether prompts are rewritten before they are drawn
option-settings-enhance-name = enhance
option-settings-enhance-description = What happens to a prompt whose member doesn't choose
choice-period-day = day
choice-period-week = week
choice-period-month = month
choice-posting-free = each member chooses
choice-posting-public = everybody in the channel
choice-posting-private = only the member who asked
choice-zone = { $zone } · now { $time } (UTC{ $offset })

settings-heading = **Settings of this server**
settings-hint = Change them with /settings channels, models, posting, prompts, moderation, cards, gallery, period, language, log-channel and roles; the pool with /quota pool. Rules for members are shown by /quota show.
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
settings-what-enhance = Prompts of members who don't choose
settings-enhance-off = drawn as they were written
settings-enhance-translate = translated into English
settings-enhance-improve = improved
settings-what-calendar = Quotas reset
settings-what-pool = Pool of the server
settings-what-language = Language of the log channel and of notices
settings-language-discord = as Discord's server settings say
settings-what-log = Where I report
settings-what-gallery = Where pictures are shown that many like
settings-gallery = { $channel }, from { $stars ->
        [one] 1 star
       *[other] { $stars } stars
    } of others on
settings-gallery-means = I show only public pictures, once each, and only those of members who allow it: I ask each of them once by a direct message.
settings-gallery-closed = I couldn't show pictures in { $channel }: I'm missing { $permissions } there. Grant that first, or choose another channel; nothing was changed.
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
settings-how-roles = Admins set quotas and settings: besides these roles, everybody with the permission “Manage Server”. Moderators act on pictures and members: besides these roles, everybody with “Moderate Members” or “Manage Messages” in the whole server. Choose none to have only the permissions count. Discord itself shows the commands only to those with its permission; to show them to a role too, go to Server Settings, Integrations.
settings-choose-channels = Channels and categories; none: everywhere
settings-choose-models = Models; none: all
settings-choose-admins = Roles that count as admins
settings-choose-moderators = Roles that count as moderators

settings-zone-unknown = I know no time zone “{ $zone }”. Did you mean one of these? { $zones }. Nothing was changed.
settings-zone-none = I know no time zone “{ $zone }”. These are common: { $zones }; offsets go by whole hours, such as UTC+8. Nothing was changed.
settings-channels-closed = I couldn't show pictures in some of these channels. Permissions that I'm missing: { $places }. Grant them first, or choose other channels; nothing was changed.
settings-log-closed = I couldn't report in { $channel }: I'm missing { $permissions } there. Grant that first, or choose another channel; nothing was changed.
log-exposed-everyone = **Everybody in { $server } can read { $channel } now**, where I tell its moderators who asked for what: prompts and pictures, also private ones. I don't tell anything of members there any more; what I posted before still stands there. Hide the channel from “@everyone”, choose another with /settings log-channel, or choose it again to say that everybody may read it. Meanwhile /logs search has the requests (status “refused here, before it began” those refused), and /mod case the pauses and appeals.
log-exposed-followers = **{ $channel } of { $server } is an announcement channel now**: what is published there goes to every server that follows it, and there I tell moderators who asked for what: prompts and pictures, also private ones. I don't tell anything of members there any more; what I posted before still stands there. Make it a text channel, choose another with /settings log-channel, or choose it again to say that it may be so. Meanwhile /logs search has the requests (status “refused here, before it began” those refused), and /mod case the pauses and appeals.
settings-log-everyone = **Everybody in this server can read { $channel }.**
settings-log-followers = **{ $channel } is an announcement channel**: what is published there goes to every server that follows it.
settings-log-holds = I post who asked for what and what became of it there: prompts, previews of the pictures, also of those that are shown to one member alone, what was refused, pauses and appeals. A channel that only moderators read is the place for that. Nothing was changed yet: use this one all the same?
settings-log-kept = Nothing was changed.
settings-log-agreed-everyone = (everybody reads it; an admin agreed)
settings-log-agreed-followers = (an announcement channel; an admin agreed)
settings-log-again = You agreed to that: I tell of members there again.
settings-log-roles = I can only see whether “@everyone” reads it; whether other roles do, its permissions tell.
settings-log-suspended = So I tell nothing of members there now. Hide it from “@everyone”, or choose it again with /settings log-channel to say that it may be so.
button-log-agree = Use it all the same
button-log-drop = Leave it as it is
settings-role-everyone = “@everyone” can't count: then every member would be one. Choose other roles; nothing was changed.
settings-role-managed = { $role } belongs to an app or to boosting, so Discord gives and takes it by itself. Choose a role that people give; nothing was changed.

## Word to a server's admins, and to the operator

greeting = **Hello! I make pictures from words, and change pictures as you say.**
    Members type /imagine and say what they'd like to see, or /edit with a picture of theirs; /balance shows them what they have left. My operator gives { $gifts }.{ $worth }

    What to do first, if you have the permission “Manage Server”:
    1. /settings channels: choose where pictures may be asked for.
    2. /settings log-channel: choose a channel that only moderators read. There I tell what is made and refused, with prompts and pictures, also those that are shown to one member alone, and that something runs out.
    3. /quota set-default: choose how much each member may make.

    In those channels I need “View Channel”, “Send Messages” and “Attach Files”, or nobody can see the pictures.
greeting-free = each member { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    } a { $period }
greeting-budget = a budget of { $amount } for further ones
greeting-pool = the whole server { $amount } a month at list price
greeting-direct = I've just joined { $server }. I'm writing to you because it's yours, and I can't post where Discord posts its own messages there.
pool-alarm = **{ $percent } % of this server's pool for the month is taken.** { $left } of { $amount } is left. When nothing is left, no more pictures can be made here until it resets { $resets_ms }. { $whose }
pool-alarm-full = **This server's pool for the month, { $amount }, is used up**, or what is left doesn't cover what members ask for. It resets { $resets_ms }. { $whose }
pool-alarm-own = This server's admins set that limit: they can raise it with /quota pool, up to what my operator gives.
pool-alarm-operators = My operator set that limit, and only they can raise it; /quota pool shows it.
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
command-quota-grant-description = Give a member credit that doesn't expire, or free pictures for the running period
command-quota-reset-name = reset
command-quota-reset-description = Give a member back what they used of this period's free pictures and budget
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
option-quota-images_per_job-description = Most pictures in one request, 1 to 10
option-quota-active_jobs-name = active_jobs
option-quota-active_jobs-description = Most requests under way at a time
option-quota-cooldown-name = cooldown
option-quota-cooldown-description = Seconds between two requests
option-quota-amount-name = amount
option-quota-amount-description = CNY of credit, such as 5 or 1.50; or fill in pictures instead
option-quota-pictures-name = pictures
option-quota-pictures-description = Free pictures, of whatever model, until the running period ends; or fill in amount instead
option-quota-reason-name = reason
option-quota-reason-description = Why; it is kept in the books
option-quota-number-name = number
option-quota-number-description = The job's number, as its message shows it
option-quota-limit-name = limit
option-quota-limit-description = CNY per month, at most what the operator gives; “none” for no limit of your own
option-quota-period-name = period
option-quota-period-description = This period, the one before, that of a day such as 2026-11-01, or a month such as 2026-10
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
quota-rule-line = { $whom }: { $rule }
quota-server-heading = **The rules of this server**
quota-more-rules = and { $count } more
quota-forgotten-rules = and { $count } kept for members who were forgotten
quota-operator = Where they say nothing, the operator's: { $rule }
quota-server-hint = A member's own rule comes first, then the most generous of their roles, then everybody's; each value by itself.
rule-for-everybody = Everybody
rule-for-forgotten = A member who was forgotten
rule-nothing = nothing set
rule-changed = **Rule for { $whom }**
field-open = not set
field-changed = { $field }: { $before } → **{ $after }**
field-unchanged = { $field }: { $before } (as before)
field-unset = { $field }: { $before } → **not set**; { $instead }
instead = { $value } applies ({ $origin })
instead-member = { $value } applies ({ $origin }) unless a role says otherwise
field-not-set = { $field }: not changed; { $why }
field-out-of-bounds = it must be { NUMBER($least, useGrouping: 0) } to { NUMBER($most, useGrouping: 0) }.
field-out-of-bounds-money = it can be at most { $amount } per period.
rule-refused = { $why } Nothing was changed.
rule-modal-everybody = Rule for everybody
rule-modal-role = Rule for the role { $name }
rule-modal-member = Rule for { $name }
rule-modal-budget = Budget (CNY)
rule-modal-cooldown = Seconds between requests
rule-modal-open = Empty: { $instead }
not-a-member = { $member } is not a member of this server.
role-is-everyone = That role is everybody: use /quota set-default instead.
clear-one-at-a-time = Name a role or a member, not both.
no-rule-to-clear = There is no rule for { $whom } to clear.
clear-question = Clear the rule for { $whom }? It says: { $rule }
button-clear = Clear it
invalid-amount = “{ $typed }” is not an amount of money. Write 5 or 1.50, for example; { $amount } is 1.50.
invalid-number = “{ $typed }” is not a whole number. Write digits only, such as 10.
granted = { $member } got { $amount } credit: before { $left }, now { $credit_left }. What is spent of it counts against the server's pool.
granted-pictures = { $member } got { $images ->
        [one] 1 free picture
       *[other] { $images } free pictures
    } on top of the rule, and has { $free ->
        [one] 1
       *[other] { $free }
    } left now. They can be of any model, last until the period ends { $resets_ms }, and count in the server's pool when they are drawn.
reset-question = Reset the quota of { $member } for this period? They get back what they have used: { $used }. Their credit and the server's pool stay as they are, and the period still ends { $resets_ms }.
button-reset = Reset it
reset-done = The quota of { $member } for this period is reset: they got back { $used }. Credit and the server's pool are as they were.
refunded = What #{ NUMBER($number, useGrouping: 0) } of { $member } was charged is given back.
refunded-rest = The rest of what #{ NUMBER($number, useGrouping: 0) } of { $member } was charged is given back: { $earlier } went back earlier.
refunded-free = { $free ->
        [one] 1 free picture goes back to the period that it came from.
       *[other] { $free } free pictures go back to the period that they came from.
    }
refunded-paid = { $paid } is given back as credit: before { $left }, now { $credit_left }.
pool-without-limit = The server has used { $amount } at list price this month; there is no limit. It resets { $resets_ms }.
pool-own = The server has used { $amount } of its pool this month; { $left } is left of the limit that its admins set. It resets { $resets_ms }.
pool-operators = The server has used { $amount } of its pool this month; { $left } is left of what the operator gives. It resets { $resets_ms }.
pool-worth = The pool is about { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    } of { $model } a month for this server{ $members ->
        [0] .
        [one] ; one active member can use it up in a { $period }.
       *[other] ; { $members } active members can use it up in a { $period }.
    }
pool-changed = Monthly limit: { $before } → **{ $after }**
no-limit = no limit
receipt-line-open = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · under way
receipt-line-nothing = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · nothing taken
receipt-line-free = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    }
receipt-line-paid = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    }, { $paid } { $source ->
        [credit] from your credit
        [both] from your budget and credit
       *[budget] from your budget
    }

command-balance-name = balance
command-balance-description = What you have left, what each model takes, and where it went
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
balance-prices = **What a picture beyond the free ones takes from your budget**
balance-price = { $model }: { $price }
balance-price-varies = { $model }: { $price }, by size and options
balance-receipts = **Your last jobs**
history-heading = **Your jobs**, newest first
history-nothing = You have no jobs here yet. Try /imagine.
history-end = There is nothing older.
history-line = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $status } · { $prompt }
history-removed = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $status }
history-open = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $status } · { $prompt } · { $link }
button-older = Older
button-newer = Newer
history-there = { $line } · **{ $server }**
history-server-left = a server that I am not in
command-favourite-name = Favourite
command-gallery-name = gallery
command-gallery-description = Pictures that you or others here keep as favourites
option-gallery-whose-name = whose
option-gallery-whose-description = Your own favourites or everybody's (otherwise your own)
option-gallery-member-name = member
option-gallery-member-description = Only pictures that this member had made
option-gallery-order-name = order
option-gallery-order-description = The newest or the most liked first
choice-gallery-mine = my own
choice-gallery-all = everybody's
choice-gallery-newest = newest first
choice-gallery-stars = most stars first
button-star = ★ Favourite
star-added = ★ It's one of your favourites now. See them all with /gallery; use the same again to take it out.
star-taken = ☆ It's none of your favourites any more.
star-gone = There is no picture of mine here that could be a favourite (any more): use this on a message in which I delivered pictures.
star-private = This picture is for another member alone, so only they can keep it as a favourite.
star-unseen = This picture is in a channel that you can't see, so you can't keep it as a favourite.
gallery-mine-newest = **Your favourites on this server**, newest first
gallery-mine-stars = **Your favourites on this server**, most stars first
gallery-all-newest = **What members here like**, newest first
gallery-all-stars = **What members here like**, most stars first
gallery-made-by = { $heading }, made by { $member }
gallery-line = ★ { $stars } · #{ NUMBER($number, useGrouping: 0) } · { $member } · { $prompt }
gallery-open = ★ { $stars } · #{ NUMBER($number, useGrouping: 0) } · { $member } · { $prompt } · { $link }
gallery-nothing-mine = You have no favourites here yet. To keep a picture, use Apps > Favourite on a message of mine: right-click it, or press it for long on a phone.
gallery-nothing-all = Nobody here has kept a favourite yet that you could see. To keep a picture, use Apps > Favourite on a message of mine: right-click it, or press it for long on a phone.
gallery-end = There is nothing more.
gallery-others = That is somebody else's list; type /gallery for yours.
button-page-before = Back
button-page-after = More
button-gallery-mine = My own
button-gallery-all = Everybody's
button-gallery-newest = Newest first
button-gallery-stars = Most stars first
gallery-post = ★ { $member } · #{ NUMBER($number, useGrouping: 0) }
gallery-asks = **Members of { $server } like a picture of yours**: #{ NUMBER($number, useGrouping: 0) }, { $link }. What many like is shown in { $channel } there. May I show your public pictures there when they are liked that much? I ask only once; /preferences on that server changes it at any time.
button-gallery-allow = Yes, show them
button-gallery-forbid = No
gallery-allowed = Thank you! Your pictures that many like are shown in the gallery channel from now on. To change that, use /preferences on that server.
gallery-not-allowed = All right, your pictures aren't shown in the gallery channel. To change that, use /preferences on that server.
history-others = That is somebody else's list; type /history for yours.

## Feed

log-closed = **I can't write in { $channel } of { $server } any more**, where its moderators read what is made and refused there. Give me “View Channel”, “Send Messages” and “Attach Files” in it again, or choose another with /settings log-channel. I keep trying; what happens meanwhile isn't told there later. Meanwhile /logs search has the requests (status “refused here, before it began” those refused), and /mod case the pauses and appeals.
feed-heading = **#{ NUMBER($number, useGrouping: 0) }** · { $member } · { $status }
feed-status-delivered = delivered
feed-status-undelivered = made, but not delivered
feed-status-refused = refused by the image service
feed-status-failed = failed
feed-status-removed = removed
feed-status-removing = removal under way
feed-status-out-of-reach = removed here; the member's private reply keeps them
feed-why-content = The image service sees unsuitable content in the prompt or the picture.
feed-partial = { $missing } of { $asked } pictures { $missing ->
        [one] is
       *[other] are
    } missing: { $reason }
feed-why-ip = The image service sees somebody's rights touched, such as a known character or brand.
feed-why-parameter = The image service could not work with the request as it stands.
feed-why-input = A picture that came in could not be used.
feed-why-timeout = The image service took too long and gave up.
feed-why-service = The image service had a fault of its own.
feed-why-busy = The image service had too much to do.
feed-why-doubt = It never became clear whether the image service began.
feed-why-answer = No usable answer came, and the pictures can't be asked for again; the image service may bill them all the same.
feed-why-forgotten = The image service no longer knew the job.
feed-why-results = The pictures were made but could not be downloaded.
feed-why-lost = The pictures were made, but their files were lost before they could be posted.
feed-why-unknown = The image service ended it without pictures.
feed-why-forbidden = Discord doesn't let me post the pictures there: I may be missing a permission.
feed-why-left = I was removed from this server.
feed-why-locked = The thread was closed, and I am not allowed to open it again.
feed-why-closed = The member takes no direct messages from me.
feed-why-gone = The message or its channel is gone.
feed-why-large = Discord finds the pictures too large.
feed-why-unreadable = The pictures' files can't be read; the operator can see why in the log.
feed-why-other = The pictures couldn't be posted.
feed-handed-in = A picture that came in
feed-private-asked = Asked for privately.
feed-private = Posted privately: only the member sees the message.
feed-broke-word = { $member } · refused { $at_ms }: the prompt has a word that this server's rules don't allow. Nothing was made.
feed-broke-pattern = { $member } · refused { $at_ms }: the prompt matches a pattern that this server's rules don't allow. Nothing was made.
feed-broke-rules = { $member } · { $count } prompts refused (the first { $since_ms }, the last { $at_ms }): they break this server's rules for prompts. Nothing was made.
feed-broke-which = { $count ->
        [1] Rule broken
       *[other] Rule broken last
    }: { $rule }
feed-broke-wait = The member can ask again { $until_ms }.
button-feed-remove = Remove
button-feed-pause = Pause member
button-feed-timeline = Open timeline
age-restricted-only = This server wants pictures to be asked for in age-restricted channels only, and this one isn't.
command-settings-cards-name = cards
command-settings-cards-description = What messages with pictures say to everybody, and who may press their buttons
option-settings-receipts-name = receipts
option-settings-receipts-description = Show everybody what pictures took and their seeds (otherwise only whoever asked)
option-settings-buttons-name = buttons
option-settings-buttons-description = Let everybody press Again and Change it, with their own quota (otherwise only whoever asked)
settings-what-receipts = What pictures took, and their seeds
settings-receipts-asker = told only to whoever asked for them
settings-receipts-all = shown to everybody
settings-what-buttons = *Again* and *Change it* under pictures
settings-buttons-asker = only for whoever asked for them
settings-buttons-all = for everybody, each with their own quota
command-settings-moderation-name = moderation
command-settings-moderation-description = Previews in the log channel, age-restricted channels, and whose pictures may be edited
option-settings-previews-name = previews
option-settings-previews-description = How the log channel shows the pictures that were made
option-settings-age_restricted_only-name = age_restricted_only
option-settings-age_restricted_only-description = Let pictures be asked for in age-restricted channels only
choice-previews-show = show them
choice-previews-spoiler = cover them, unless the log channel is age-restricted
choice-previews-none = leave them out
settings-what-previews = Pictures in the log channel
settings-what-age = Pictures only in age-restricted channels
settings-previews-show = shown
settings-previews-spoiler = covered until they are clicked, unless that channel is age-restricted
settings-previews-none = left out
option-settings-edit_others-name = edit_others
option-settings-edit_others-description = Let members edit pictures of others who don't mind (otherwise only their own)
settings-what-editing = Pictures of other members
settings-editing-off = may not be edited
settings-editing-consent = may be edited, unless their owner has said no in /preferences

## Moderation

command-mod-name = mod
command-mod-description = Block members, remove pictures, set rules for prompts; every act is a numbered case
command-mod-block-name = block
command-mod-block-description = Keep a member from asking for pictures, for a time or for good
command-mod-unblock-name = unblock
command-mod-unblock-description = Unblock a member, who can ask for pictures again
command-mod-blocked-name = blocked
command-mod-blocked-description = See who is blocked here, until when and by whom, and unblock them
command-mod-cases-name = cases
command-mod-cases-description = See all cases about one member, newest first, with what became of each
command-mod-remove-name = remove
command-mod-remove-description = Remove the pictures of a job; what is known about it stays
command-mod-rules-name = rules
command-mod-rules-description = See and change the words and patterns that prompts may not have
command-mod-case-name = case
command-mod-case-description = Read a case with its notes, or add a note to it
option-mod-member-name = member
option-mod-member-description = Whom it is about
option-mod-duration-name = duration
option-mod-duration-description = Such as 10m, 2h, 3d, 1w; nothing: for good
option-mod-reason-name = reason
option-mod-reason-description = Why; a blocked member reads it
option-mod-number-name = number
option-mod-number-description = The job's number, as its message shows it
option-mod-case-name = number
option-mod-case-description = The case's number
option-mod-note-name = note
option-mod-note-description = What to add to the case; nobody can change it later

invalid-duration = “{ $typed }” is not a duration. Write it such as 10m, 2h, 3d or 1w; leave it out for a block for good.
invalid-duration-bounds = “{ $typed }” is not possible: a block lasts a minute at least and { $days } days at most. Leave the duration out for a block for good.
invalid-strikes = That must be a whole number from 0 to { $limit }; with 0 nobody is paused.
block-yourself = You can't block yourself.
unblock-yourself = You can't let yourself in again: another moderator can.
blocked-longer = This member can't ask for pictures for longer than that already (case #{ NUMBER($number, useGrouping: 0) }), so nothing was changed. /mod block sets another end.
block-bot = A bot can't ask for pictures, so there is nothing to block.
block-admin = { $member } is an admin of this server and can't be blocked.
block-moderator = { $member } is a moderator; only an admin can block them.
not-blocked = Nothing keeps this member from asking for pictures.
no-such-case = There is no case #{ NUMBER($number, useGrouping: 0) } in this server.
removed-already = The pictures of #{ NUMBER($number, useGrouping: 0) } are removed already.
cover-nothing = #{ NUMBER($number, useGrouping: 0) } has no pictures to cover: wait until they are posted, or pick another job.
covered-already = The pictures of #{ NUMBER($number, useGrouping: 0) } are covered already.
uncovered-already = The pictures of #{ NUMBER($number, useGrouping: 0) } aren't covered.
removed-refund-hint = Its charge can still be given back: an admin does that with /quota refund number:{ NUMBER($number, useGrouping: 0) }.
question-gone = I don't know this question any more. Use the command again.
prompt-rule-gone = This server doesn't have that rule any more.
appeal-not-yours = This isn't what keeps you from asking for pictures here.
appeal-waits = You appealed case #{ NUMBER($number, useGrouping: 0) } { $at_ms }, and the moderators haven't decided yet. I'll tell you by direct message, if I can, when they have.
appeal-again = The moderators rejected your appeal of case #{ NUMBER($number, useGrouping: 0) } { $at_ms }. You can appeal again { $again_ms }.
appeal-again-why = The moderators rejected your appeal of case #{ NUMBER($number, useGrouping: 0) } { $at_ms } (their reason: { $reason }). You can appeal again { $again_ms }.
appeal-no-reason = Say in a few words why the appeal is rejected: the member is told.
appeal-empty = Say in a few words why you should be let in again.
appeal-gone = I don't know this appeal.
appeal-own = Nobody decides about their own appeal.
appeal-other-block = Case #{ NUMBER($number, useGrouping: 0) } keeps this member from asking now, not the one that this appeal is about. Reject the appeal, or let them in with /mod unblock.
appeal-decided = The appeal of case #{ NUMBER($number, useGrouping: 0) } is decided already; /mod case shows how.

blocked = You can't ask for pictures in this server any more (case #{ NUMBER($number, useGrouping: 0) }).
blocked-until = You can't ask for pictures in this server now; you can again { $until_ms } (case #{ NUMBER($number, useGrouping: 0) }).
blocked-reason = The moderators' reason: { $reason }
blocked-strikes = The image service refused several of your prompts because of what they show. All members share one account there, and it could be suspended.
blocked-appeal = If you think that is wrong, press the button: the moderators will decide.
button-appeal = Appeal
appeal-title = Appeal
appeal-label = Why should you be let in again?
appeal-placeholder = The moderators of this server will read this.
appeal-taken = Your appeal is with the moderators. I'll tell you by direct message what they decide, if I can.

mod-blocked = { $member } can't ask for pictures any more, for good. Case #{ NUMBER($number, useGrouping: 0) }.
mod-blocked-until = { $member } can't ask for pictures until { $until_ms }. Case #{ NUMBER($number, useGrouping: 0) }.
mod-unblocked = { $member } can ask for pictures again. Case #{ NUMBER($number, useGrouping: 0) }.
pause-question = How long may { $member } not ask for pictures?
button-pause-hour = 1 hour
button-pause-day = 1 day
button-pause-week = 1 week

button-cover = Cover
button-uncover = Uncover
cover-done = The pictures of #{ NUMBER($number, useGrouping: 0) } are covered: they show once somebody clicks them. Case #{ NUMBER($case, useGrouping: 0) }.
cover-undone = The pictures of #{ NUMBER($number, useGrouping: 0) } are covered no longer. Case #{ NUMBER($case, useGrouping: 0) }.
cover-private = Only the member sees that message: if it can't be changed any more, it stays there as it was.
removal-question = Remove the pictures of #{ NUMBER($number, useGrouping: 0) } by { $member }? The message and the stored files are deleted; what is known about the job stays.
removal-charge = It was charged. You can give that back.
removal-charge-ask = It was charged. An admin can give that back: I can ask them.
removal-charge-back = Its charge was given back already.
removal-charge-own = It was charged, and stays so: nobody gives back what their own request was charged.
button-removal-take = Remove
button-removal-refund = Remove and give back the charge
button-removal-ask = Remove and ask for a refund
button-give-back = Give back the charge
button-removal-keep = Keep
removal-kept = Nothing was removed.
removal-done = The pictures of #{ NUMBER($number, useGrouping: 0) } are removed. Case #{ NUMBER($case, useGrouping: 0) }.
removal-open = The stored pictures of #{ NUMBER($number, useGrouping: 0) } are deleted. Case #{ NUMBER($case, useGrouping: 0) }.
removal-asked = I've asked the server's admins to give back what was charged.
refund-asked-notice = **{ $moderator } asks admins to give back** what #{ NUMBER($number, useGrouping: 0) } of { $member } was charged: its pictures were removed. Case #{ NUMBER($case, useGrouping: 0) }.
refund-given = **{ $member } gave it back.**
refund-unseen = In { $server } a moderator removed the pictures of #{ NUMBER($number, useGrouping: 0) } and asks to give back what was charged, but there is no log channel that I can write to. There, /quota refund number:{ NUMBER($number, useGrouping: 0) } gives it back, and /settings log-channel names a channel.
removal-free-back = { $free ->
        [one] 1 free picture goes back to the period that it came from.
       *[other] { $free } free pictures go back to the period that they came from.
    }
removal-paid-back = { $paid } is given back as credit.

prompt-rules-heading = **Rules for prompts in this server: { $count }**
prompt-rules-none = There are none yet. A prompt that breaks a rule is refused before anything is charged.
prompt-rule-word = { NUMBER($id, useGrouping: 0) } · word: “{ $rule }”
prompt-rule-pattern = { NUMBER($id, useGrouping: 0) } · pattern: “{ $rule }”
prompt-rule-added = Added: { $rule }
prompt-rule-removed = Removed: { $rule }
prompt-rules-choose = Remove a rule
prompt-rules-strikes = Strikes: a member is paused for a day when the image service has refused { $strikes ->
        [one] 1 of their prompts
       *[other] { $strikes } of their prompts
    } within 24 hours.
prompt-rules-no-strikes = Strikes: nobody is paused for prompts that the image service refuses.
button-rule-word = Add a word
button-rule-pattern = Add a pattern
button-rule-strikes = Strikes
button-rules-back = Back
button-rules-on = Next
rule-word-title = Add a word or phrase
rule-word-label = Word or phrase
rule-word-hint = Catches accents and look-alike letters too, and g o r e spelled apart (4 letters or more).
rule-pattern-title = Add a pattern
rule-pattern-label = Regular expression
rule-pattern-hint = In RE2's syntax; upper and lower case count as the same.
strikes-title = Strikes
strikes-label = Refused prompts in a day before a pause
strikes-hint = From 0 to { $limit }; with 0 nobody is paused.

case-heading = **Case #{ NUMBER($number, useGrouping: 0) }: { $what }** · { $at_ms }
case-block = a member was blocked
case-pause = a member was paused
case-unblock = a member was unblocked
case-remove = pictures were removed
case-removing = pictures are being removed
case-removed-out-of-reach = stored pictures were removed
case-cover = pictures were covered
case-uncover = pictures were uncovered
case-rule-added = a rule for prompts was added
case-rule-removed = a rule for prompts was removed
case-strikes-set = the number of strikes was changed
case-member = Member: { $member }
case-by = By: { $member }
case-by-program = By: the program, for strikes
case-until = Ends: { $until_ms }
case-for-good = For good
case-replaced = Replaced by case #{ NUMBER($number, useGrouping: 0) } of { $member }, { $at_ms }
case-lifted = Lifted by case #{ NUMBER($number, useGrouping: 0) } of { $member }, { $at_ms }
case-program = the program
case-job = Job: #{ NUMBER($number, useGrouping: 0) }
case-reason = Reason: { $reason }
case-note = { $at_ms } · { $member }: { $text }
case-appeal-open = Appeal, { $at_ms }, open: { $text }
case-appeal-accepted = Appeal, { $at_ms }, accepted by { $member }: { $text }
case-appeal-rejected = Appeal, { $at_ms }, rejected by { $member }: { $text }
case-appeal-answer = Reason for rejecting it: { $text }
case-over = Ended: { $until_ms }
case-row = { $what } · { $at_ms } · by { $by }
case-row-appeal-open = Appealed { $at_ms }; not decided yet
case-row-appeal-accepted = Appeal accepted { $at_ms } by { $member }
case-row-appeal-rejected = Appeal rejected { $at_ms } by { $member }
cases-heading = **Cases of { $member }** · newest first
cases-none = There are none in this server.
blocked-heading = **Blocked in this server** · newest first
blocked-none = Nobody is blocked.
blocked-row = { $member } · ends { $until_ms } · by { $by } · case #{ NUMBER($number, useGrouping: 0) }
blocked-row-for-good = { $member } · for good · by { $by } · case #{ NUMBER($number, useGrouping: 0) }
button-unblock = Unblock
button-case = Open case
case-more = and { $count } more notes before these
case-forgotten = somebody who was forgotten

appeal-notice = **Appeal of { $member }** against case #{ NUMBER($number, useGrouping: 0) } ({ $what }, { $at_ms })
button-appeal-accept = Accept
button-appeal-reject = Reject
rejection-title = Reject the appeal
rejection-label = Why is it rejected?
rejection-placeholder = The member is told this. They can appeal again in a week.
appeal-accepted-by = **Accepted** by { $member }: the block is lifted.
appeal-rejected-by = **Rejected** by { $member }: the block stays.
appeal-unseen = Somebody in { $server } appeals case #{ NUMBER($number, useGrouping: 0) }, and there is no log channel that I can write to. /mod case { NUMBER($number, useGrouping: 0) } there shows the appeal; /settings log-channel sets a channel.
appeal-answer-accepted = The moderators of { $server } accepted your appeal (case #{ NUMBER($number, useGrouping: 0) }). You can ask for pictures there again.
appeal-answer-rejected = The moderators of { $server } rejected your appeal (case #{ NUMBER($number, useGrouping: 0) }).
appeal-answer-why = Their reason: { $reason }
member-paused-notice = **{ $member } is paused** until { $until_ms }. The image service refused { $strikes ->
        [one] 1 of their prompts
       *[other] { $strikes } of their prompts
    } within a day because of what they show; our account there could be suspended. Case #{ NUMBER($number, useGrouping: 0) }; /mod unblock ends it.

## Apps on a message of mine

command-report-name = Report
command-who-made-name = Who made this
command-cover-name = Cover picture
message-not-mine = I didn't post this message: use this on a message with pictures that I made.
message-no-job = I don't know which pictures this message is about (any more): use this on the message with the pictures.
report-taken = Thank you. The moderators of this server are told, and decide what becomes of the pictures.
report-own = #{ NUMBER($number, useGrouping: 0) } is your own: delete it with its button, or with /job number:{ NUMBER($number, useGrouping: 0) }.
report-nothing = #{ NUMBER($number, useGrouping: 0) } shows no pictures that others can see, so there is nothing to report.
report-nowhere = I can't pass that on: this server has no log channel. Tell a moderator yourself.
reported-already = You have reported #{ NUMBER($number, useGrouping: 0) } already: the moderators know.
reported-too-often = You have reported pictures { $limit } times within an hour, as often as I pass it on. You can report again { $again_ms }; if it is urgent, tell a moderator yourself.
picture-reported-notice = **{ $member } reports the pictures of #{ NUMBER($number, useGrouping: 0) }** by { $owner } · { $at_ms }{ $count ->
        [one] {""}
       *[other] {" "}· { $count } members have reported them
    }
report-unseen = Somebody in { $server } reports the pictures of #{ NUMBER($number, useGrouping: 0) }, and there is no log channel that I can write to. /logs job { NUMBER($number, useGrouping: 0) } there shows them; /settings log-channel sets a channel.
made-by = { $member } asked for #{ NUMBER($number, useGrouping: 0) }, { $at_ms }.
made-by-forgotten = Somebody who was forgotten asked for #{ NUMBER($number, useGrouping: 0) }, { $at_ms }.
made-by-private = These pictures are private, so only the moderators and whoever asked for them can find out who that was.

## References

reference-added = “{ $name }” is kept for you in this server, with { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }. /edit with the option reference uses it.
reference-added-shared = “{ $name }” is kept for everybody in this server, with { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }. /edit with the option reference uses it.
reference-added-notice = { $member } keeps { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    } here as a reference, added { $added_ms }. /reference show with the option member shows what they keep.
reference-shared-notice = { $member } shares { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    } with this server as a reference, added { $added_ms }. /reference show shows what is shared.
reference-removed = “{ $name }” is removed. What was made with it stays.
reference-none = You keep no references here, and this server shares none. /reference add keeps one.
reference-none-of = { $member } keeps no references here.
reference-list-own = **Yours in this server** ({ $count } of { $limit })
reference-list-shared = **This server's** ({ $count } of { $limit })
reference-list-of = **What { $member } keeps here**
reference-line = “{ $name }” · { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    }
reference-line-shared = “{ $name }” · { $pictures ->
        [one] one picture
       *[other] { $pictures } pictures
    } · added by { $member }
reference-picture = Picture { $place } of “{ $name }”

## Privacy

command-privacy-name = privacy
command-privacy-description = What is kept about you: take it along, or have it erased
command-privacy-export-name = export
command-privacy-export-description = Get all that is kept about you, with your pictures, as an archive
option-part-name = part
option-part-description = Which part, where one upload can't carry everything (default 1)
command-privacy-forget-name = forget
command-privacy-forget-description = Have your prompts, pictures and links erased for good; asks before it does
export-ready = Here is what is kept about you: part { $part } of { $parts }, with { $pictures ->
        [one] one kept picture
       *[other] { $pictures } kept pictures
    } in all. Only you see this message.
export-next = The next part: /privacy export with part { $part }.
export-too-large = { $pictures ->
        [one] One file is
       *[other] { $pictures } files are
    } too large for an upload here and left out; /job shows pictures in a smaller form.
no-such-part = There { $parts ->
        [one] is only one part.
       *[other] are { $parts } parts, numbered from 1.
    }
forget-question = **Erase what is kept about you?**
forget-goes = It goes for good: { $what }.{ $messages ->
        [0] {""}
       *[other] {" "}I also delete my messages with your pictures ({ $messages }) where Discord lets me.
    }
forget-goes-jobs = { $jobs ->
        [one] the prompt of one request
       *[other] the prompts of { $jobs } requests
    } with what the image service made of them
forget-goes-pictures = { $pictures ->
        [one] one kept picture
       *[other] { $pictures } kept pictures
    }
forget-goes-references = { $sets ->
        [one] your kept reference, also if you shared it with a server
       *[other] your { $sets } kept references, those included that you shared with a server
    }
forget-goes-links = all links to messages
forget-goes-account = that the number of your account is you
forget-comma = {", "}
forget-stays = It stays: what was taken from your quota and when, under that number alone, so that the sums stay right; and moderators' cases with their reasons. What you used of the running period counts on until it ends if you come back.
forget-credit = You lose your credit of { $amount }.
forget-rules = Limits that an admin set for you alone: the stricter ones stay until an admin clears them; the rest is deleted.
forget-blocks = You are blocked in a server: the block outlasts this, until it ends or is lifted.
forget-preference = Others may not edit your pictures: that outlasts this, too, until you say otherwise with /preferences.
forget-appeals = Your appeal is still decided, but I can't tell you the outcome. Its text is erased then.
forget-for-good = This can't be undone. /privacy export takes it all along first.
forget-under-way = Nothing was erased: { $jobs ->
        [one] one request of yours is
       *[other] { $jobs } requests of yours are
    } under way ({ $numbers }). Wait until they have ended, or /cancel them, and try again.
forget-nothing = Nothing is kept about you.
forget-nothing-but = Nothing is kept about you but what outlasts being forgotten: { $what }. Only the operator's key can link that to you.
forget-kept = Nothing was erased.
forgotten = { $what ->
        [none] Erased.
       *[other] Erased: { $what }.
    } I don't know any more who you are.
forgotten-jobs = { $jobs ->
        [one] one request
       *[other] { $jobs } requests
    }
forgotten-and = { $jobs } and { $pictures }
forgotten-messages = I'm deleting { $messages ->
        [one] my message with your pictures
       *[other] my { $messages } messages with your pictures, about one a second
    }. What Discord won't let me delete, moderators can.
forgotten-retained = These outlast it: { $what }. Only the operator's key can link them to you.
outlasts-block = your block (it ends { $until_ms })
outlasts-block-for-good = your block, until a moderator lifts it
outlasts-strike = your strikes (the last one expires { $until_ms })
outlasts-rule = a limit that an admin set, until an admin clears it
outlasts-used = what you used of this period (it ends { $until_ms })
outlasts-request = the wait between requests (it ends { $until_ms })
outlasts-refused = your refused prompts (they expire { $until_ms })
outlasts-preference = that others may not edit your pictures, until you say otherwise with /preferences
button-forget = Erase everything
button-keep-everything = Keep everything
privacy-others = These buttons are somebody else's. Your own: /privacy forget.
command-help-name = help
command-help-description = What you can do with me here
command-about-name = about
command-about-description = What I am, who runs me, where the pictures come from, what is kept
help-members = **What you can do**
help-moderators = **What you can do as a moderator**
help-admins = **What you can do as an admin**
help-line = { $command } · { $what }
help-apps = On a message with a picture, right-click (or press for long) and choose Apps: *Edit picture* and *Favourite* are there. What you leave out of a command is as your /preferences have it.
help-direct = That's what works in direct messages. On a server /help shows the rest.
help-logs = Under each entry in the log channel you can remove pictures, pause a member and open a job's whole story, too.
help-first = Begin with /settings show: it says how things stand, and who decided so. Who counts as an admin is up to /settings roles.
help-others = That is somebody else's page; type /help for yours.
button-help-members = For members
button-help-moderators = For moderators
button-help-admins = For admins
about = **I make pictures from words, and change pictures as you say.** Version { $version }. /help shows what you can do.
about-operator = Run by: { $name }
about-contact = To reach them: { $contact }
about-pictures = **The pictures** are made by AI, by models of Alibaba Cloud (Wan and Qwen), and each message with some says so.
about-privacy = **Privacy**: your words and the pictures you hand in go to that image service, without your name; I keep them with the pictures for you and this server's moderators, the pictures for { $days ->
        [one] 1 day
       *[other] { $days } days
    }. /privacy export gives you everything I keep about you, and /privacy forget erases it.
command-preferences-name = preferences
command-preferences-description = What you decide for yourself: look at it and change it
option-preferences-others_may_edit-name = others_may_edit
option-preferences-others_may_edit-description = May others edit your pictures, where a server allows it? (otherwise yes)
option-preferences-reset-name = reset
option-preferences-reset-description = Go back to the defaults
preferences-heading-here = **Your preferences on this server**
preferences-heading = **Your preferences**, on all servers
preferences-here-means = -# /imagine takes these where you choose nothing. What can't be had at the moment, or isn't covered by your quota, is left out; you are still asked before you pay.
preferences-no-model = This server allows no model that draws from words right now.
preferences-what-model = Model
preferences-what-size = Size
preferences-what-count = Pictures per request
preferences-what-enhance = Prompts
preferences-what-private = Who sees the pictures
preferences-what-told = When pictures are ready, you get
preferences-what-shown = Your public pictures that many like may be in the gallery channel
preferences-what-language = The language I use with you
preferences-gone = { $value }; can't be had here now, so { $other }
preferences-size-default = { $size }, as the model has it
preferences-size-gone = { $value }; { $model } doesn't draw that, so its own
preferences-seen-alone = only you and the moderators
preferences-seen-by-all = everybody in the channel
preferences-told-late = { $seconds ->
        [0] a ping
       *[other] a ping, if it took more than { NUMBER($seconds, useGrouping: 0) } s
    }
preferences-told-not = nothing
preferences-told-ping = a ping each time
preferences-told-direct = a direct message each time
preferences-language-client = as your Discord has it
preferences-chosen = { $what }: { $value }
button-preferences-reset = Back to the defaults
preferences-others = These are somebody else's preferences. Yours: /preferences.
preferences-what-editing = Others may edit your pictures
preferences-from-you = (you said so)
preferences-editing-means = -# It goes for pictures that you post and those that I make for you, only where a server's admins allow it, and never for private ones. You are told of each edit, if you take direct messages from me.
preferences-hint = Choose in the menus to change something. “Back to the defaults” undoes all of it, also what holds on all servers.
preferences-hint-direct = Choose in the menus to change something. What holds on one server alone you see there with /preferences.

## Logs

command-logs-name = logs
command-logs-description = What was asked for in this server, and what became of it
command-logs-search-name = search
command-logs-search-description = Find requests by member, outcome, model, words and time; newest first
command-logs-job-name = job
command-logs-job-description = Everything about one job: who, when, with which prompt, at what charge, what happened
command-logs-export-name = export
command-logs-export-description = Take what a search finds along as a file
option-logs-member-name = member
option-logs-member-description = Whose requests
option-logs-status-name = status
option-logs-status-description = What became of them
option-logs-model-name = model
option-logs-model-description = Drawn by which model
option-logs-text-name = text
option-logs-text-description = Words that the prompt must contain, each of them
option-logs-since-name = since
option-logs-since-description = From when: yesterday, 2026-11-23, 2026-11-23 14:00, or 3d, 12h ago
option-logs-until-name = until
option-logs-until-description = Until when: now, yesterday (that whole day), 2026-11-23, 2026-11-23 14:00, or 3d, 12h ago
option-logs-number-name = number
option-logs-number-description = The job's number, as in #812
option-logs-format-name = format
option-logs-format-description = CSV for spreadsheets (the default), JSON Lines for programs
choice-format-csv = CSV
choice-format-jsonl = JSON Lines
log-under-way = under way
log-delivered = delivered
log-undelivered = made, but not delivered
log-failed = failed
log-refused = refused by the image service
log-canceled = canceled
log-expired = waited too long
log-left = given back: I was removed from this server
log-void = never reached Discord
log-refused-here = refused here, before it began
log-removed = { $status }, then removed
log-removing = { $status }, removal under way
log-heading = **Log** · { $what } · newest first
log-everything = everything that was begun
log-words = words “{ $words }”
log-since = since { $at }
log-until = until { $at }
log-one-member = one member
log-nothing = Nothing was found.
log-end = There is nothing older.
log-row-open = [open]({ $link })
log-row-private = private, so there is no link
log-no-prompt = no prompt: it was erased
log-charged = { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    }, { $paid }
log-charged-free = { $free ->
        [one] 1 free picture
       *[other] { $free } free pictures
    }
log-charged-nothing = nothing charged
log-forgotten = a forgotten member (account { NUMBER($account, useGrouping: 0) })
log-why-quota = over the member's quota
log-why-pool = over the server's pool
log-why-cap = over the operator's cap
log-why-rule = over a limit of the member's rule
log-why-busy = the model was stopped or its queue full
log-why-account = the image service took no requests from this bot
log-why-word = a word that this server's rules don't allow
log-why-pattern = a pattern that this server's rules don't allow
log-why-service = the image service refused to rewrite the prompt for what it says
log-why-too-often = too many refused prompts in a short time
log-why-blocked = the member is blocked or paused
log-why-consent = another member's picture, which may not be edited
log-why-waited = It waited in line longer than is sensible.
log-why-stopped = The model stayed stopped for too long.
log-why-refusing = The image service took no requests from this bot for too long.
log-why-left = I was removed from this server while it waited in line.
log-why-other = other reason ({ $reason })
button-newest = Newest
log-title = #{ NUMBER($number, useGrouping: 0) } · { $status }
log-place = in { $channel }
log-place-private = in { $channel }, seen by the member alone

log-request = { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    } · { $model } · { $size } · seed { NUMBER($seed, useGrouping: 0) }
log-request-series = a series of up to { $images ->
        [one] 1 picture
       *[other] { $images } pictures
    } · { $model } · { $size } · seed { NUMBER($seed, useGrouping: 0) }
log-code = {" "}({ $code })
log-typed = Prompt as typed
log-prompt = Prompt as sent
log-negative = Negative prompt
log-rewritten = As the model rewrote it
log-timeline = What happened
log-events-left-out = … { $count } more in the file …
log-task = task { $id }
log-request-id = request { $id }
log-because = { $what }: { $why }
log-by = { $what }, by { $who }
log-operator = the operator
act-held = asked for; quota held
act-queued = in line
act-submitting = on its way to the image service
act-in-doubt = no clear answer from the image service
act-pending = taken by the image service
act-running = being drawn
act-fetching = drawn; downloading
act-delivering = charged; being posted
act-delivering-again = being posted again
act-delivered = posted
act-undelivered = could not be posted
act-failed = ended without pictures
act-canceled = canceled
act-expired = given up after waiting too long
act-void = given back: Discord never showed our reply
act-cancel-wished = cancel asked for
act-send-again = sending again asked for
act-removal-begun = removal begun
act-removal-open = removed here, still to go from Discord
act-removal-out-of-reach = removed here, a private reply out of my reach
act-removed = pictures removed
act-pictures-lost = pictures lost, given back
act-doubt-resolved = doubt resolved
act-refund = charge given back
act-mod-remove = removal decided
act-reported = pictures reported
act-mod-cover = pictures covered
act-mod-uncover = pictures uncovered
act-mod-pause = member paused
log-no-such-job = This server has no such job.
log-search-gone = This list is too old, or somebody else's. Search again with /logs search.
log-no-moment = “{ $typed }” is no time that I know. Give a day such as yesterday or { $example }, a time such as { $example } 14:00, how long ago, such as 12h, 3d or 2w, or now. Times are this server's.
log-no-time-between = “Until” has to be later than “since”.
log-words-too-short = “{ $text }” is too short to look for. Give at least two letters in a row; of Chinese, Japanese and Korean one character is enough.
log-refused-has-no-prompt = Of what was refused before it began I keep no prompt, so it can't be searched by words. Leave out “text”, or choose another status.
log-exported = { $rows ->
        [one] 1 row, all that was found.
       *[other] { $rows } rows, all that was found.
    }
log-exported-part = The file is as large as Discord takes: it has the newest { $rows ->
        [one] row
       *[other] { $rows } rows
    }. For the older ones ask again with until: { $until }
table-number = Number
table-asked = Time
table-account = Account
table-status = Status
table-failure = Code
table-size = Size
table-requested = Pictures asked for
table-seed = Seed
table-private = Private
table-removed = Removed
table-link = Link
table-picture-of = Picture of
table-task = Task
table-typed = Prompt as typed
table-prompt = Prompt
table-negative = Negative prompt
table-rewritten = Rewritten prompt
table-reason = Reason

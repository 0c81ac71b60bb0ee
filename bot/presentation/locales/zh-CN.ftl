### 成员看到的文字（简体中文）。金额和时间传入时已可直接显示。

## 命令

command-imagine-name = 画图
command-imagine-description = 用文字生成图片
option-prompt-name = 提示词
option-prompt-description = 想画什么
option-negative_prompt-name = 反向提示词
option-negative_prompt-description = 画面中不要出现什么
option-model-name = 模型
option-model-description = 用哪个模型来画；各有单张价格
option-size-name = 尺寸
option-size-description = 宽高比（如 16:9），或 宽*高（如 1280*720）
option-count-name = 张数
option-count-description = 1 到 4 张（默认 1 张）
option-seed-name = 种子
option-seed-description = 相同的种子和提示词会得到相近的图片
option-prompt_extend-name = 智能改写
option-prompt_extend-description = 让模型丰富你的提示词（默认开启）
option-watermark-name = 水印
option-watermark-description = 在图片上加 AI 水印（默认不加）
option-private-name = 仅自己可见
option-private-description = 结果只有你能看到（默认否）
command-cancel-name = 取消
command-cancel-description = 取消你的一个任务
option-number-name = 编号
option-number-description = 任务编号，见任务消息
command-job-name = 任务
command-job-description = 查看你的某个任务，并再次取得图片

choice-model = { $model } · 每张 { $price }
choice-model-default = { $model } · 每张 { $price }（默认）
choice-size = { $ratio } · { $size }
choice-size-typed = { $size }

## 拒绝，只有本人可见

invalid-model = 这里没有名为“{ $model }”的模型。可用的有：{ $models }。
invalid-prompt-empty = 提示词是空的。请用几句话说说想画什么。
invalid-prompt-long = 提示词有 { $length } 个字符，{ $model } 最多接受 { $limit } 个。请缩短后再试。
invalid-negative-prompt-long = 反向提示词有 { $length } 个字符，最多 { $limit } 个。请缩短后再试。
invalid-size-form = “{ $size }”不是有效的尺寸。请从列表中选择，或按 宽*高 输入，例如 { $default }。
invalid-size-range = { $model } 画不了 { $size }。每边须为 { $min_side } 到 { $max_side } 像素，总像素须为 { $min_pixels } 到 { $max_pixels }。可用的有：{ $presets }。
invalid-count = 一次不能画 { $value } 张，可以画 { $least } 到 { $most } 张。
invalid-seed = { NUMBER($value, useGrouping: 0) } 不能作为种子：请用 { NUMBER($least, useGrouping: 0) } 到 { NUMBER($most, useGrouping: 0) } 之间的整数，或者不填。
too-many-images = 这里一次最多画 { $limit } 张，不能画 { $count } 张。
over-quota = 你的额度不够画这 { $images } 张图。还剩{ $left }。{ $affordable ->
        [0] {""}
       *[other] 目前还能画 { $affordable } 张。
    }额度将于 { $resets_ms } 重置。
over-quota-paid = 你的额度不够画这 { $images } 张图。还剩{ $left }；按每张 { $price } 计，{ $free_left ->
        [0] 需要
       *[other] 除去免费的还需要
    } { $needed }。{ $affordable ->
        [0] {""}
       *[other] 目前还能画 { $affordable } 张。
    }免费图片和预算将于 { $resets_ms } 重置。
left-free = 免费图片 { $free_left } 张
left-budget = 预算 { $budget_left }
left-credit = 余额 { $credit_left }
left-comma = {"、"}
over-pool = 本服务器这个月的总额度不够：还剩 { $left }，这次需要 { $needed }。将于 { $resets_ms } 重置。
over-cap = 机器人本月的总上限已用完，将于 { $resets_ms } 重置。
lane-stopped = { $model } 暂时停用，已通知运营者。请换个模型，或稍后再试。
queue-full = { $model } 的队列已满（{ $limit } 个在等）。请过几分钟再试，或换个模型。
too-many-active = 你已有 { $limit } 个任务在进行，这是这里的上限。请等一个完成，或取消一个。
cooling-down = 请稍等，{ $again_ms } 可以再次提交。
shutting-down = 我马上要重启，请一分钟后再试。
starting-up = 我刚刚启动，还没准备好。请稍后再试。
server-not-allowed = 本服务器不在我的服务名单上，机器人的运营者可以添加。
guild-only = 我只在服务器里画图。
channel-not-allowed = 这个频道不能画图；本服务器允许在这些频道画：{ $channels }。
model-not-allowed = 本服务器不允许使用 { $model }。可以用：{ $models }。
private-not-allowed = 本服务器要求图片对频道里所有人可见：请去掉“私密”选项再试。
public-not-allowed = 本服务器要求图片只给提出请求的人看：请去掉“private:False”再试。
draft-gone = 这个请求已过期，或已经开始。这次点击没有产生费用；如果还需要，请重新使用 /imagine。
missing-permissions = 我无法在这个频道展示图片：缺少权限{ $permissions }。请服务器管理员授予；没有扣费。
permission-view_channel = “查看频道”
permission-send_messages = “发送消息”
permission-send_messages_in_threads = “在子区内发送消息”
permission-attach_files = “附加文件”
not-yours = 只有 #{ NUMBER($number, useGrouping: 0) } 的提交者或管理人员可以这样做。
admins-only = 只有服务器管理员可以这样做：需要“管理服务器”权限，或 /settings roles 指定的身份组。
moderators-only = 只有服务器版主可以这样做：需要“禁言成员”或“管理消息”权限，或 /settings roles 指定的身份组。
rule-names-nothing = 没有任何改动：请至少填写一项。
rule-out-of-bounds = { $field } 必须在 { NUMBER($least, useGrouping: 0) } 到 { NUMBER($most, useGrouping: 0) } 之间。
rule-out-of-bounds-money = 每个周期的预算最多 { $amount }。
grant-out-of-bounds = 赠送金额必须大于零，最多 { $amount }。
nothing-to-refund = 这个任务没有收费，没有可退回的。
refunded-already = 这个任务的费用已经退回过了。
pool-above-ceiling = 运营者每月最多给本服务器 { $amount }；请设为不超过这个数。
no-such-job = 本服务器没有编号为 #{ NUMBER($number, useGrouping: 0) } 的任务。
job-gone = 我已经不认识这个任务了。
still-under-way = #{ NUMBER($number, useGrouping: 0) } 还在进行中，完成后才能删除。
storage-unavailable = 我现在无法保存数据，所以什么都没有开始，也没有扣费。请一分钟后再试。
unexpected = 我这边出错了。如果一直这样，请把这个编号告诉运营者：{ $reference }

## 是否同意费用

proposal = { $images } 张图片将使用你的付费额度 { $paid }：免费张数已用完。每个周期只问一次。此询问 { $expires_ms } 失效；同意之前不会预扣任何额度。
proposal-mixed = { $images } 张图片里有 { $free } 张免费，其余将使用你的付费额度 { $paid }。每个周期只问一次。此询问 { $expires_ms } 失效；同意之前不会预扣任何额度。
button-agree = 以 { $paid } 生成
button-drop = 算了
draft-dropped = 好的，没有生成，也没有收费。

## 取消与删除的答复

cancel-done = #{ NUMBER($number, useGrouping: 0) } 已取消，没有扣费。
cancel-noted = 已请求取消 #{ NUMBER($number, useGrouping: 0) }。如果来不及了，图片还是会送到。
cancel-late = 来不及取消 #{ NUMBER($number, useGrouping: 0) } 了：图片已在生成，送到后会照常扣费。
cancel-ended = #{ NUMBER($number, useGrouping: 0) } 已经结束了。
delete-failed = 我没能删除这条消息；其中的图片会在下次更新时移除。
pictures-gone = #{ NUMBER($number, useGrouping: 0) } 的图片已经不再保存。
nothing-to-send = #{ NUMBER($number, useGrouping: 0) } 没有需要重新发送的图片。
no-own-job = 你没有编号为 #{ NUMBER($number, useGrouping: 0) } 的任务。编号按服务器分别计算：请到那个服务器里试试。
sending-again = 正在重新发送 #{ NUMBER($number, useGrouping: 0) }：{ $link }

## 任务卡片

title-queued = 排队中
title-paused = 已暂停
title-submitted = 已提交
title-drawing = 正在绘制
title-fetching = 正在下载
title-delivered = { $images ->
       *[other] 你的图片画好了
    }
title-failed = 这次没有画成
title-canceled = 已取消
title-expired = 等待超时
title-undelivered = 已画好，但未能送达
title-removed = 已移除

card-heading = { $title } · #{ NUMBER($number, useGrouping: 0) }
card-details = { $model } · { $size } · { $images } 张
card-details-partial = { $model } · { $size } · { $images } 张中的 { $made } 张
card-details-seed = {" · "}种子 { NUMBER($seed, useGrouping: 0) }
card-negative = 不要出现：{ $negative }
queued-next = 下一个就是你，预计 { $ready_ms } 完成。
queued-place = 排在第 { $place } 位，预计 { $ready_ms } 完成。
queued-paused = 图像服务暂时不接受 { $model } 的请求。你的位置（第 { $place } 位）会保留，等待期间不扣费。
submitted-body = 图像服务已收到，预计 { $ready_ms } 完成。
in-doubt-body = 图像服务没有明确答复，我正在确认它是否已开始。不会重复扣费。
drawing-body = 正在绘制，预计 { $ready_ms } 完成。
fetching-body = 已画好，图片正在送来。
note-direct-message = 等待时间可能超过私密回复的有效期，结果会通过私信发给你。请允许来自本服务器的私信。
note-prompt-long = 超过 { $limit } 个字符的提示词可能会被 { $model } 截断，开头部分最要紧。
note-cut = 图像服务截断了你的提示词，只用了开头部分。
note-canceling = 已请求取消，正在等图像服务答复。
note-cancel-late = 取消来得太晚：图像服务已经开始，所以图片已生成并扣费。
note-cancel-refused = 来不及取消了：图像服务已经开始。
note-reencoded = 原图对 Discord 来说太大，这里显示的是 JPEG；原图仍保留。
note-left-out = 有 { $missing } 张图片即使转成 JPEG 也超出 Discord 的大小限制；原图已保存。
note-ai = 由 AI 生成
note-ai-marked = 由 AI 生成，带有服务方的水印
note-partial = { $asked } 张中画成了 { $made } 张。扣了 { $charged } 张的费用，其余已退还。
note-partial-why = 另外 { $missing } 张：{ $reason }
rewritten = **模型改写后的提示词**
seed-line = 第 { $place } 张：种子 { NUMBER($seed, useGrouping: 0) }，{ $size }
receipt-free = 扣除：免费图片 { $free } 张。
receipt-paid = 扣除：{ $paid }。
receipt-mixed = 扣除：免费图片 { $free } 张和 { $paid }。
receipt-nothing = 没有扣费。
receipt-left = 剩余：{ $left } · { $resets_ms } 重置
reference = 参考编号：{ $reference }
shortened = …（已截短）
alt-fallback = 任务 #{ NUMBER($number, useGrouping: 0) } 的第 { $place } 张图

failure-content = 图像服务拒绝了：它认为提示词或图片含有不合适的内容。请换个说法试试。
failure-ip = 图像服务拒绝了：可能涉及他人的权利，例如知名角色或品牌。请试试自己的创意。
failure-parameter = 图像服务无法处理这个请求。换些选项或说法也许可以。
failure-timeout = 图像服务耗时太久，放弃了。你可以再试一次。
failure-service = 图像服务自身出了故障。你可以再试一次。
failure-busy = 图像服务太忙了，请过几分钟再试。
failure-stopped = 图像服务现在不接受本机器人的请求，已通知运营者。
failure-doubt = 始终无法确认图像服务是否已开始。为稳妥起见，没有再次尝试。
failure-forgotten = 图像服务已经没有这个任务的记录了。
failure-results = 图片画好了，但没能下载下来。
failure-unknown = 图像服务结束了任务，但没有给出图片。
expired-wait = 排队时间过长，我已替你退出队列。你可以再试一次。
expired-stopped = 这个模型停用太久，我已替你退出队列。请换个模型试试。
undelivered-forbidden = 图片已画好并保存，但 Discord 不让我发在这里：我可能缺少权限。
undelivered-gone = 图片已画好并保存，但这条消息或频道已经不在了。
undelivered-large = 图片已画好并保存，但 Discord 认为太大。
undelivered-unreachable = 图片已画好并保存，但我联系不上 Discord，或无法给你发私信。
undelivered-other = 图片已画好并保存，但 Discord 没有接受。
undelivered-body = 图片已经生成，所以费用保留。你可以随时点“重新发送”。
removed-body = 这个任务的图片已被移除。

button-cancel = 取消
button-canceling = 正在取消…
button-cancel-late = 来不及取消了
button-delete = 删除
button-send-again = 重新发送
button-open = 打开消息

## 卡片以外的消息

ping = { $member } 你的图片画好了：{ $link }
ping-private = 你的图片 #{ NUMBER($number, useGrouping: 0) } 画好了：{ $link }
told-undelivered = { $link } 的 #{ NUMBER($number, useGrouping: 0) }：{ $reason }图片已经生成，所以费用保留。在这里或那里输入 /job number:{ NUMBER($number, useGrouping: 0) } 即可取回。

operator-lane-stopped = **{ $model } 已停用。**图像服务返回 { $code }。{ $advice } 排队的任务保留位置；我会按逐渐拉长的间隔自动重试。
operator-account-stopped = **整个账号已停用。**图像服务返回 { $code }。{ $advice } 排队的任务保留位置；我会按逐渐拉长的间隔自动重试。
operator-lane-reopened = { $model } 已恢复，排队的任务继续进行。
operator-account-reopened = 账号已恢复，排队的任务继续进行。
advice-key = 请检查 API 密钥，并确认它与基础地址属于同一地域：其他地域的密钥也会这样被拒绝。
advice-arrears = 账号已欠费，请充值。
advice-denied = 账号无权使用：请在控制台确认服务已开通，且密钥所在的业务空间可以使用该模型。
advice-free-tier = 免费额度已用完：如要按标价继续使用，请在控制台关闭“免费额度用完即停”。
advice-model = 该模型已不再提供：请从配置中移除，或改用后继模型。
advice-other = 请在图像服务的文档中查询这个代码。
leaving-server = 我将离开 { $server }：它不在我的运营者付费的服务器名单上。运营者可以添加它的编号 { $id }，然后再次邀请我。

## 图表

chart-title = 图片用量 · { $server }
chart-period = { $period } · { $zone }
chart-totals = { $jobs } 个任务，{ $images } 张图片 · 免费 { $free } 张 · 扣费 { $paid }
chart-nothing = 这段时间没有生成图片。
chart-free = 免费
chart-paid = 付费
chart-members = 成员
chart-models = 模型
chart-days = 每日张数
chart-others = 其他 { $count } 个
chart-unnamed = 账户 { NUMBER($account, useGrouping: 0) }
chart-bar = { $images }
chart-bar-paid = { $images } · { $paid }
chart-alt = 图片用量条形图 · { $server } · { $period }：{ $totals }。
table-member = 成员
table-mention = Discord 提及
table-model = 模型
table-jobs = 任务数
table-images = 图片数
table-free = 免费图片数
table-charged = 扣费（元）

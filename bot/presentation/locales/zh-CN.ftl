### 成员看到的文字（简体中文）。金额和时间传入时已可直接显示。

## 命令

command-imagine-name = 画图
command-imagine-description = 用文字生成图片
option-prompt-name = 提示词
option-prompt-description = 想画什么
option-negative_prompt-name = 反向提示词
option-negative_prompt-description = 画面中不要出现什么（部分模型不支持）
option-model-name = 模型
option-model-description = 用哪个模型来画；各有单张价格
option-size-name = 尺寸
option-size-description = 宽高比（如 16:9），或 宽*高（如 1280*720）
option-count-name = 张数
option-count-description = 1 到 4 张，有的模型可到 6 张（默认 1 张）；组图最多 1 到 10 张
option-series-name = 组图
option-series-description = 画一组相互关联的图；张数由模型决定，不超过“张数”（默认 4 张）
option-seed-name = 种子
option-seed-description = 相同的种子和提示词会得到相近的图片
option-prompt_extend-name = 智能改写
option-prompt_extend-description = 让绘图模型自行丰富提示词，选了“优化”时不用（支持的模型默认开启）
option-watermark-name = 水印
option-watermark-description = 在图片上加 AI 水印（默认不加）
option-private-name = 仅自己可见
option-private-description = 只有你和本服务器的版主能看到（默认否）
option-enhance-name = 优化
option-enhance-description = 画之前先改写提示词（默认按本服务器的设置）
choice-enhance-off = 不改写
choice-enhance-translate = 翻译成英文
choice-enhance-improve = 润色
command-prompt-name = 提示词
command-prompt-description = 先改写提示词，看过再画
command-prompt-improve-name = 润色
command-prompt-improve-description = 为提示词补上构图、光线等细节
command-prompt-translate-name = 翻译
command-prompt-translate-description = 把提示词翻译成英文
command-edit-name = 修图
command-edit-description = 用文字修改你的图片
option-edit-picture-name = 图片
option-edit-picture-description = 要修改的图片：JPEG、PNG、WebP 或 BMP
option-edit-instruction-name = 要求
option-edit-instruction-description = 想改什么
option-edit-picture2-name = 图片2
option-edit-picture2-description = 另一张图片；结果的宽高比以最后一张为准
option-edit-picture3-name = 图片3
option-edit-picture3-description = 再一张；结果的宽高比以最后一张为准
option-edit-reference-name = 参考图
option-edit-reference-description = 使用已保存的参考图，排在你上传的图片之前；可用 /reference add 保存
option-edit-model-name = 模型
option-edit-model-description = 用哪个模型修改，各有每张价格
option-edit-function-name = 功能
option-edit-function-description = 对图片做什么（不选则按文字要求修改）
option-edit-mask-name = 蒙版
option-edit-mask-description = 与图片同样大小的黑白图：只修改白色部分
option-edit-choose_region-name = 选区
option-edit-choose_region-description = 用按钮选择要修改图片的哪一部分，不必上传蒙版
option-edit-strength-name = 强度
option-edit-strength-description = 结果可以偏离原图多少，百分比（默认 50）
option-edit-factor-name = 倍数
option-edit-factor-description = 放大几倍，1 到 4（默认 2；1 只提高清晰度）
option-edit-left-name = 左
option-edit-left-description = 左侧加宽多少，按图片的百分比
option-edit-right-name = 右
option-edit-right-description = 右侧加宽多少，按图片的百分比
option-edit-top-name = 上
option-edit-top-description = 上方加高多少，按图片的百分比
option-edit-bottom-name = 下
option-edit-bottom-description = 下方加高多少，按图片的百分比
option-edit-line_art-name = 线稿
option-edit-line_art-description = 图片本身就是线稿（否则先提取线条）
command-edit-picture-name = 修改图片
command-reference-name = 参考图
command-reference-description = 保存一组图片并命名，供修图时使用
command-reference-add-name = 添加
command-reference-add-description = 保存一组图片（最多九张）并命名，比如你们的吉祥物
option-reference-name-name = 名称
option-reference-name-description = 给它起个名字，例如：吉祥物
option-reference-picture-name = 图片
option-reference-picture-description = 要保存的图片：JPEG、PNG、WebP 或 BMP
option-reference-picture2-name = 图片2
option-reference-picture2-description = 同一组的另一张图片
option-reference-picture3-name = 图片3
option-reference-picture3-description = 同一组的另一张图片
option-reference-picture4-name = 图片4
option-reference-picture4-description = 同一组的另一张图片
option-reference-picture5-name = 图片5
option-reference-picture5-description = 同一组的另一张图片
option-reference-picture6-name = 图片6
option-reference-picture6-description = 同一组的另一张图片
option-reference-picture7-name = 图片7
option-reference-picture7-description = 同一组的另一张图片
option-reference-picture8-name = 图片8
option-reference-picture8-description = 同一组的另一张图片
option-reference-picture9-name = 图片9
option-reference-picture9-description = 同一组的另一张图片
option-reference-shared-name = 共享
option-reference-shared-description = 供本服务器所有人使用，仅限版主（默认仅自己使用）
command-reference-show-name = 查看
command-reference-show-description = 查看你在这里可以使用的参考图，或某一组的图片
command-reference-remove-name = 删除
command-reference-remove-description = 永久删除一组参考图
option-reference-which-name = 名称
option-reference-which-description = 哪一组参考图
option-reference-of-server-name = 共享
option-reference-of-server-description = 与你自己的重名时，指本服务器共享的那一组
option-reference-member-name = 成员
option-reference-member-description = 指某位成员自己的参考图，仅限版主
command-cancel-name = 取消
command-cancel-description = 取消你的一个任务
option-number-name = 编号
option-number-description = 任务编号，见任务消息
command-job-name = 任务
command-job-description = 查看你的某个任务，并再次取得图片

price-range = { $price } 至 { $dearest }
price-with-inputs = { $price }（每张上传的图另收 { $inputs_paid }）
choice-model = { $model } · 每张 { $price }{ $inputs ->
        [0] {""}
       *[other] ，每张上传的图另收 { $inputs_paid }
    } · 还剩{ $free }
choice-model-default = { $model }（默认）· 每张 { $price }{ $inputs ->
        [0] {""}
       *[other] ，每张上传的图另收 { $inputs_paid }
    } · 还剩{ $free }
choice-reference = { $name } · 你的 · { $pictures } 张
choice-reference-shared = { $name } · 本服务器共享 · { $pictures } 张
choice-size = { $ratio } · { $size }

function-instruct = 按文字要求修改
function-region = 修改蒙版的白色部分
function-style = 整张图换一种风格
function-part-style = 局部换一种风格
function-unmark = 去除水印
function-expand = 向外扩展画面
function-enlarge = 放大或提高清晰度
function-colour = 给黑白图片上色
function-sketch = 把线稿变成图画
function-cartoon = 让卡通形象出现在新场景

## 拒绝，只有本人可见

invalid-model = 这里没有名为“{ $model }”的模型。可用的有：{ $models }。
invalid-model-near = 这里没有名为“{ $model }”的模型。你是不是想选 { $near }？可用的有：{ $models }。
invalid-prompt-empty = 提示词是空的。请用几句话说说想画什么。
invalid-prompt-long = 这段文字有 { $length } 个字符，{ $model } 最多接受 { $limit } 个。请缩短后再试。
invalid-prompt-tokens = 这段文字约有 { $length } 个 token（词片），{ $model } 最多接受 { $limit } 个。请缩短后再试。
invalid-negative-prompt-long = 反向提示词有 { $length } 个字符，最多 { $limit } 个。请缩短后再试。
invalid-negative-prompt = { $model } 不支持反向提示词：请去掉它，或换一个模型。
invalid-prompt-extend = { $model } 不支持智能改写：请不要开启它，或换一个模型。
rewriting-off = 这里不能改写提示词：机器人的运营者没有开启这项功能。请不要选择改写。
rewriting-off-settings = 这里不能改写提示词：要先由机器人的运营者在配置中用 [rewriting] 开启。没有做任何改动。
prompt-refused-by-service = 图像服务拒绝改写这段提示词：它认为其中含有不合适的内容。{ $waits ->
        [0] 请换个说法再试；没有扣额度。
       *[other] 没有扣额度。
    }
not-rewritten-limit = 你今天的 { $limit } 次改写已用完，{ $resets_ms } 恢复。想按原文画，请用 /imagine 并在“优化”中选“不改写”。
not-rewritten-waiting = 你已有 { $limit } 段提示词正在改写或等待改写。请等它们完成后再试，或用 /imagine 并在“优化”中选“不改写”。
not-rewritten-service = 改写提示词的模型暂时不可用。请一分钟后再试，或用 /imagine 并在“优化”中选“不改写”。
not-rewritten-lost = 改写的结果在传输途中丢失了。请再试一次，或用 /imagine 并在“优化”中选“不改写”。
not-rewritten-long = 改写后的提示词超出了模型的长度限制。请缩短后再试，或用 /imagine 并在“优化”中选“不改写”。
not-rewritten-withheld = 图像服务没有交出改写后的提示词：它认为其中含有不合适的内容。请换个说法再试，或用 /imagine 并在“优化”中选“不改写”。
not-rewritten-rule = 改写后的提示词违反了本服务器的提示词规则。请换个说法再试，或用 /imagine 并在“优化”中选“不改写”。
invalid-watermark = { $model } 不支持水印：请不要开启它，或换一个模型。
invalid-size-form = “{ $size }”不是有效的尺寸。请从列表中选择，或输入宽高比（如 21:9）或 宽*高（如 { $default }）。
invalid-size-range = { $model } 画不了 { $size }。每边须为 { $min_side } 到 { $max_side } 像素，总像素须为 { $min_pixels } 到 { $max_pixels }。可用的有：{ $presets }。
invalid-size-ratio = { $model } 画不了 { $size }：长边最多是短边的 { $max_ratio } 倍。可用的有：{ $presets }。
invalid-count = { $model } 一次{ $most ->
        [1] 只画 1 张
       *[other] 可画 { $least } 到 { $most } 张
    }，不能画 { $value } 张{ $able ->
        [0] {""}
       *[other] ；能画这么多的有：{ $models }
    }。
invalid-series = { $model } 不能画组图。可以画的有：{ $models }。
invalid-series-none = 这里没有能画组图的模型：请不要开启“组图”。
invalid-seed = { NUMBER($value, useGrouping: 0) } 不能作为种子：请用 { NUMBER($least, useGrouping: 0) } 到 { NUMBER($most, useGrouping: 0) } 之间的整数，或者不填。
invalid-instruction-empty = 修改要求是空的。请用几句话说说想改什么。
edit-without-picture = 请上传一张图片，或选择一组已保存的参考图：只有文字要求，没有可以修改的图片。
invalid-picture-model = { $model } 不能修图。可用的有：{ $models }。
invalid-edits-only = { $model } 只能修改上传的图片：请改用 /edit，或换一个模型。
invalid-words-none = 这里可用的模型都只能修改上传的图片：请改用 /edit。
invalid-picture-none = 这里没有能修图的模型：如果运营者有这样的模型，管理员可以用 /settings models 允许；也可以使用 /imagine。
invalid-picture-many = { $model } 最多接受 { $limit } 张图片，不能用 { $count } 张。
invalid-function = 没有“{ $function }”这个功能：请从列表中选择，或者不填。
invalid-function-nowhere = 这里没有具备这个功能的模型：如果运营者有这样的模型，管理员可以用 /settings models 允许。不填“功能”及其选项时，/edit 会按文字要求修改。
invalid-function-model = { $model } 没有这个功能。可用的有：{ $models }。
invalid-option-model = { $model } 没有“{ $option ->
        [strength] { option-edit-strength-name }
        [factor] { option-edit-factor-name }
        [left] { option-edit-left-name }
        [right] { option-edit-right-name }
        [top] { option-edit-top-name }
        [bottom] { option-edit-bottom-name }
        [mask] { option-edit-mask-name }
       *[line_art] { option-edit-line_art-name }
    }”这个选项。有这个选项的模型：{ $models }。
invalid-option-nowhere = 这里没有模型有“{ $option ->
        [strength] { option-edit-strength-name }
        [factor] { option-edit-factor-name }
        [left] { option-edit-left-name }
        [right] { option-edit-right-name }
        [top] { option-edit-top-name }
        [bottom] { option-edit-bottom-name }
        [mask] { option-edit-mask-name }
       *[line_art] { option-edit-line_art-name }
    }”这个选项：不填它，/edit 就会按文字要求修改。
invalid-strength-field = “强度”只用于按文字修改或整张换风格：请选择这两个功能之一，或不填“强度”。
invalid-side-field = “左、右、上、下”只用于向外扩展画面：请选择这个功能，或者不填。
invalid-factor-field = “倍数”只用于放大：请选择这个功能，或不填“倍数”。
invalid-line_art-field = “线稿”只用于把线稿变成图画：请选择这个功能，或不填“线稿”。
invalid-mask-field = 蒙版只用于修改它的白色部分：请选择这个功能，或不上传蒙版。
invalid-mask-missing = 这个功能需要蒙版：一张与图片同样大小的黑白图，要修改的地方涂成白色；也可以开启“选区”，用按钮选择要修改的部分。
invalid-region-field = “选区”按文字要求修改所选的格子，不能与“功能”一起使用：请不填“功能”及其选项（强度、倍数、线稿、左、右、上、下），或不开启“选区”。
invalid-region-mask = 要修改的部分只能用一种方式指定：上传蒙版，或开启“选区”用按钮选择。请去掉其中一项。
invalid-region-model = { $model } 不能只修改图片的一部分。可用的有：{ $models }。
invalid-region-nowhere = 这里没有能只修改图片一部分的模型：如果运营者有这样的模型，管理员可以用 /settings models 允许。不开启“选区”时，/edit 会按文字要求修改。
invalid-side-missing = 请说明在哪一侧扩展百分之多少：左、右、上或下，各不超过 { $most }。
invalid-strength = { $value } 不能作为强度：请用 { $least } 到 { $most } 之间的百分比，或者不填。
invalid-side = 不能扩展百分之 { $value }：请用 { $least } 到 { $most }，或者不填。
invalid-factor = 不能放大到 { $value } 倍：请用 { $least } 到 { $most }，或不填“倍数”。
invalid-result-large = 结果会有 { $size } 像素，我最多能处理 { $limit }00 万像素。请少扩展一些、用更小的倍数，或上传更小的图片。
mask-size = 蒙版“{ $file }”为 { $width }×{ $height } 像素，图片为 { $wanted_width }×{ $wanted_height } 像素：蒙版必须与图片完全一样大。
mask-black = 蒙版“{ $file }”里没有白色，什么都不会改变：请把要修改的地方涂成白色。
edit-form-title = 修改图片
edit-form-instruction = 想改什么？
edit-form-picture = 改哪一张？
edit-form-choice = { $place } · { $file }
edit-form-model = 模型
edit-form-price = 每张 { $price }{ $inputs ->
        [0] {""}
       *[other] ，原图另收 { $inputs_paid }
    }
edit-form-gone = 这个表单已失效：打开超过一小时，或者之后又打开了另一个。没有扣额度；请在那条消息上重新选择“应用 > 修改图片”。
edit-message-gone = 那条消息已被删除，图片无法再修改。没有扣额度。
edit-no-picture = 这条消息里没有上传的图片：请在带图片的消息或我发的图片上使用，或用 /edit 上传文件。
edit-no-card = 我不知道这些图片是谁的（或者已经查不到了）：请在我交付图片的那条消息上使用，或用 /edit 上传自己的文件。
edit-removed = 这些图片已被移除，不能再修改：请换一张。
edit-private = 这张图片只给另一位成员看，只有本人可以修改：请换一张，或用 /edit 上传自己的文件。
edit-private-shown = 这张图片只有你能看到，而本服务器要求生成的图片对频道里所有人可见。仍想修改的话，请先保存图片，再用 /edit 上传。
edit-of-bot = 这张图片是其他应用发的，没有人能代为同意：这里只能修改成员发的和我画的图片，也可以用 /edit 上传自己的文件。
edit-others-off = 本服务器里成员只能修改自己的图片：请选一张自己的，或请管理员用 /settings moderation 放开。
edit-others-refused = 图片的主人不允许别人修改：请换一张。
edit-origin-off = 这张图片是由另一位成员的图片改成的，而本服务器里成员只能修改自己的图片：请换一张，或请管理员用 /settings moderation 放开。
edit-origin-refused = 这张图片是由另一位成员的图片改成的，对方不允许别人修改：请换一张。
picture-kind = “{ $file }”无法编辑：请上传 JPEG、PNG、WebP 或 BMP 格式的静态图片。
picture-animated = “{ $file }”是动图，请上传静态图片。
picture-broken = “{ $file }”已损坏或不完整：请重新保存，或换一张图片。
picture-extra = “{ $file }”在图片后面还夹带了别的内容：请重新保存图片后再上传。
picture-heavy = “{ $file }”有 { $size } MB，最多 { $limit } MB。请存小一些再试。
picture-small = “{ $file }”为 { $width }×{ $height } 像素，每边至少要 { $limit } 像素。请换一张更大的图片。
picture-large = “{ $file }”为 { $width }×{ $height } 像素，每边最多 { $limit } 像素。请缩小后再试。
picture-pixels = “{ $file }”超过 { $limit }00 万像素。请缩小后再试。
picture-dense = “{ $file }”太大，无法和其他图片一起发送，也不能再缩小。请减少图片，或换一张简单些的。
picture-ratio = “{ $file }”为 { $width }×{ $height } 像素，长边最多是短边的 { $limit } 倍。请裁剪后再试。
picture-not-fetched = Discord 刚才没有把“{ $file }”交给我。没有扣额度，请再试一次。
picture-foreign = “{ $file }”不在 Discord 上，所以我不会去下载。请直接上传图片。
reference-name-empty = 这个名称显示不出来。请给参考图起个名字，例如“吉祥物”。
reference-name-long = 名称有 { $length } 个字符，最多 { $limit } 个。
reference-name-taken = 已经有名为“{ $name }”的参考图了。请换个名称，或先删除原来的那组。
reference-own-full = 你在这里已保存 { $limit } 组参考图，达到每人上限。请先删除一组。
reference-shared-full = 本服务器已共享 { $limit } 组参考图，达到上限。请先删除一组。
reference-server-full = 本服务器的所有参考图合计最多 { $limit } MB，需要先删除一组。
reference-unknown = 这里没有名为“{ $name }”的参考图。用 /reference show 可查看你能使用的参考图。
reference-gone = 这组参考图刚刚已被删除。
reference-picture-gone = 已保存的图片“{ $file }”暂时读取不了，因此没有开始。请再试一次，或重新添加这组参考图。
too-many-images = 这里一次最多画 { $limit } 张，不能画 { $count } 张。
over-quota = 你的额度不够画这 { $images } 张图。还剩{ $left }。{ $affordable ->
        [0] {""}
       *[other] 目前还能画 { $affordable } 张。
    }额度将于 { $resets_ms } 重置。
over-quota-paid = 你的额度不够画这 { $images } 张图。还剩{ $left }；按每张 { $price }{ $inputs ->
        [0] {""}
       *[other] 、原图共 { $inputs_paid }
    } 计，{ $free_left ->
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
account-stopped = 图像服务现在不接受本机器人的任何请求，换模型也不行；已通知运营者。请稍后再试。
queue-full = { $model } 的队列已满（{ $limit } 个在等）。请过几分钟再试，或换个模型。
server-queue-full = 本服务器已有 { $waiting } 个请求在等 { $model }。其他服务器也在排队，所以本服务器暂时只能排这么多。请过几分钟再试，或换个模型。
too-many-active = 你已有 { $limit } 个任务在进行，这是这里的上限。请等一个完成，或取消一个。
cooling-down = 请稍等，{ $again_ms } 可以再次提交。
refused-too-often = 你在 { $minutes } 分钟内有 { $count } 个提示词被本服务器的规则或图像服务拒绝，{ $again_ms } 可以再次提交。没有扣额度。
refused-too-often-next = 这是 { $minutes } 分钟内第 { $count } 个被拒绝的提示词，{ $again_ms } 才能再次提交。
refused-strike = 这是被图像服务拒绝的第 { $count } 个提示词；24 小时内满 { $limit } 个，一天之内不能画图。
refused-paused = { $limit ->
        [1] 提示词被图像服务拒绝
       *[other] 这是 24 小时内被图像服务拒绝的第 { $limit } 个提示词
    }，一天之内不能画图。
refused-one-more = 再被拒绝一次，就要等 { $minutes } 分钟。
shutting-down = 我马上要重启，请一分钟后再试。
server-not-known = Discord 还没有告诉我这个服务器的情况，可能是我刚刚启动。请稍后再试。
server-not-allowed = 本服务器不在我的服务名单上，机器人的运营者可以添加。
guild-only = 我只在服务器里画图。
channel-not-allowed = 这个频道不能画图；本服务器允许在这些频道画：{ $channels }。
model-not-allowed = 本服务器不允许使用 { $model }。可以用：{ $models }。
private-not-allowed = 本服务器要求图片对频道里所有人可见：请去掉“仅自己可见”选项再试。
public-not-allowed = 本服务器要求图片只给提出请求的人看：请去掉“仅自己可见”选项再试。
offer-gone = 这个询问已经结束：已经答复过、已被新的询问取代，或者已超过十分钟。这次点击没有扣额度；如果还需要，请重新提交。
prompt-gone = 这段提示词已经画过，或者已超过一小时。这次点击没有扣额度；如果还需要，请重新使用 /prompt。
answer-refused = Discord 不让我在这里回复，因此没有画图，也没有扣额度。
answer-refused-thread = 这个子区已关闭，我无法在其中回复。没有画图，也没有扣额度。
answer-refused-words = Discord 不接受含有这些文字（例如链接）的回复，因此没有画图，也没有扣额度。请换个说法试试。
missing-permissions = 我无法在这个频道展示图片：缺少权限{ $permissions }。请服务器管理员授予；没有扣额度。
permission-view_channel = “查看频道”
permission-send_messages = “发送消息”
permission-send_messages_in_threads = “在子区内发送消息”
permission-attach_files = “附加文件”
not-yours = #{ NUMBER($number, useGrouping: 0) } 只能由提交者、整个服务器的版主，或（非私密任务）在该频道里有“管理消息”权限的人查看、取消或删除。
admins-only = 只有服务器管理员可以这样做：需要“管理服务器”权限，或 /settings roles 指定的身份组。
moderators-only = 只有服务器版主可以这样做：需要在整个服务器拥有“禁言成员”或“管理消息”权限，或 /settings roles 指定的身份组。
rule-names-nothing = 没有任何改动：请至少填写一项。
rule-out-of-bounds = { $field } 必须在 { NUMBER($least, useGrouping: 0) } 到 { NUMBER($most, useGrouping: 0) } 之间。
rule-out-of-bounds-money = 每个周期的预算最多 { $amount }。
grant-one-of = 请在“金额”和“张数”中只填一项。没有赠送任何东西。
grant-pictures-out-of-bounds = 赠送的张数必须在 { NUMBER($least, useGrouping: 0) } 到 { NUMBER($most, useGrouping: 0) } 之间。没有赠送任何东西。
nothing-to-reset = 该成员本周期还没有用过免费图片和预算，没有可以重置的。
reset-yourself = 你不能重置自己的周期额度，可以请本服务器的另一位管理员来做。
grant-out-of-bounds = 赠送金额必须大于零，最多 { $amount }。
nothing-to-refund = 这个任务没有收费，没有可退回的。
refunded-already = 这个任务的费用已经退回过了。
refund-own = 你不能退回自己任务的费用，可以请本服务器的另一位管理员来退。
refund-forgotten = 提出这个任务的成员已清除自己的数据，无法再退给任何人。
grant-yourself = 你不能给自己赠送余额或图片，可以请本服务器的另一位管理员赠送。
rule-own = 你不能设置或清除自己的规则，可以请本服务器的另一位管理员来做。/quota set-default 和 set-role 的规则适用于多个人。
pool-above-ceiling = 运营者每月最多给本服务器 { $amount }；请设为不超过这个数。
no-such-job = 本服务器没有编号为 #{ NUMBER($number, useGrouping: 0) } 的任务。
job-gone = 我已经找不到这个任务了。
still-under-way = #{ NUMBER($number, useGrouping: 0) } 还在进行中，完成后才能删除。
storage-unavailable = 我现在无法保存数据，所以什么都没有开始，也没有扣额度。请一分钟后再试。
storage-damaged = 我的数据损坏了，运营者修复之前做不了这件事。没有扣额度。
answer-lost = 刚才 Discord 没有收下我的回复。你要的操作也许已经完成：请先看一看，再决定要不要重试。
answer-forbidden = Discord 不再允许我在这里这样回复：我的某项权限刚被收回。你要的操作也许已经完成：请先看一看，再决定要不要重试。
typed-given-back = **你写的内容**
unexpected = 我这边出错了。如果一直这样，请把这个编号告诉运营者：{ $reference }

## 是否同意费用

proposal = { $images } 张图片将从你的预算中扣除 { $paid }{ $inputs ->
        [0] {""}
       *[other] （其中 { $inputs } 张原图占 { $inputs_paid }）
    }：免费张数已用完。同意后，本周期内不再询问。同意之前不会预扣任何额度。失效时间：{ $expires_ms }；失效后如果还需要，请重新提交。
proposal-series = 这组图（最多 { $images } 张）最多会从你的预算中扣除 { $paid }：免费张数已用完。实际张数由图像服务决定，只按画出的张数扣额度。同意后，本周期内不再询问。同意之前不会预扣任何额度。失效时间：{ $expires_ms }；失效后如果还需要，请重新提交。
proposal-series-mixed = 这组图最多 { $images } 张，其中 { $free } 张免费，其余最多会从你的预算中扣除 { $paid }。实际张数由图像服务决定，只按画出的张数扣额度。同意后，本周期内不再询问。同意之前不会预扣任何额度。失效时间：{ $expires_ms }；失效后如果还需要，请重新提交。
proposal-mixed = { $images } 张图片里有 { $free } 张免费，其余将从你的预算中扣除 { $paid }{ $inputs ->
        [0] {""}
       *[other] （其中 { $inputs } 张原图占 { $inputs_paid }）
    }。同意后，本周期内不再询问。同意之前不会预扣任何额度。失效时间：{ $expires_ms }；失效后如果还需要，请重新提交。
button-agree = { $images ->
       *[other] 生成
    }，从预算中扣除 { $paid }
button-drop = 算了
offer-dropped = 好的，没有生成，也没有扣额度。
offer-lost = Discord 没有收下我对这次点击的答复，所以没有画图，也没有扣额度。请重新提交。
region-question = 要修改图片的哪一部分？请点选对应的格子，再点“修改所选区域”；点击之前不会预扣，也不会扣额度。失效时间：{ $expires_ms }；失效后如果还需要，请重新提交。
region-last = 你一共用了 { $pictures } 张图片，修改的是最后一张。
region-wordless = 你没有填写要求：所选格子里的内容会被去掉。
region-chosen = 已选：{ $fields }。
region-empty = 还没有选格子：请在 A1 到 D4 的按钮中至少选一个。
region-model-changed = { $model } 现在不能只修改图片的一部分了：请换一个模型重新提交，或不开启“选区”。
region-scattered = { $model } 最多接受 { $limit } 个矩形，而所选的格子要拆成 { $count } 个矩形：请换一种选法，让矩形少一些。
region-over = 这个询问已经结束。
region-grid = 你的图片，上面画有 4×4 的格子：从左到右为 A 到 D，从上到下为 1 到 4
region-agreed = 区域已选好，现在是任务 #{ NUMBER($number, useGrouping: 0) }。
region-priced = 区域已选好，请再回答关于预算的询问。
button-edit-region = 修改所选区域
button-field-chosen = ✓ { $field }
offer-agreed = 你已同意，现在是任务 #{ NUMBER($number, useGrouping: 0) }。
proposal-for = > { $prompt }
prompt-before = **你的原文**
prompt-hint = 一小时内可以点按钮画一次，{ $private ->
        [0] 画出的图这个频道里的人都能看到
       *[other] 画出的图只有你能看到
    }；使用本服务器的首选模型，额度的算法和 /imagine 一样。
prompt-not-shown = 提示词已经改写好了，但 Discord 不让我显示其中的文字。一小时内仍可以点按钮画一次，{ $private ->
        [0] 画出的图这个频道里的人都能看到
       *[other] 画出的图只有你能看到
    }。
button-draw = 就画这个

## 取消与删除的答复

cancel-done = #{ NUMBER($number, useGrouping: 0) } 已取消，没有扣额度。
cancel-noted = 已请求取消 #{ NUMBER($number, useGrouping: 0) }。如果来不及了，图片还是会送到，并照常扣额度。
cancel-late = 来不及取消 #{ NUMBER($number, useGrouping: 0) } 了：图片已在生成，送到后会照常扣额度。
cancel-charged = 来不及取消 #{ NUMBER($number, useGrouping: 0) }：{ $images ->
       *[other] 图片已画好并扣额度
    }。
cancel-ended = #{ NUMBER($number, useGrouping: 0) } 已经结束了。
delete-title = 删除 #{ NUMBER($number, useGrouping: 0) }？
delete-question = 这条消息、其中的图片和保存的文件会被永久删除。
delete-question-bare = 这条消息会被永久删除。
delete-question-locked = 这个子区已锁定：保存的文件会立即删除，但消息要等版主解锁子区后才能删掉。我每小时再试一次；在锁定的子区里我无法回复你。
delete-charge-stays = { $charged }已扣的额度不会退还。
delete-charge-back = 额度此前已全部退回。
delete-rest-free = 其余免费图片 { $free } 张不会退还。
delete-rest-paid = 其余 { $paid } 不会退还。
delete-rest-mixed = 其余免费图片 { $free } 张和 { $paid } 不会退还。
delete-failed = 消息本身还在：{ $link }。Discord 不让我删除它。我会继续尝试撤下其中的图片：现在先试一次，之后每小时一次。你也可以手动删除，或再次使用命令。
delete-failed-own = 消息本身还在：{ $link }。Discord 不让我删除它。我会继续尝试撤下其中的图片：现在先试一次，之后每小时一次。你也可以再让我删除一次。
delete-locked = 消息还在：{ $link }，因为子区已锁定。请解锁子区；我每小时再试一次。
delete-locked-own = 消息还在：{ $link }，因为子区已锁定。我每小时再试一次；请让版主解锁这个子区。
delete-unknown = 这个请求太旧，我已经不知道是哪条消息；如果消息还在，请手动删除。
pictures-gone = #{ NUMBER($number, useGrouping: 0) } 的图片已经不再保存。
nothing-to-send = #{ NUMBER($number, useGrouping: 0) } 没有需要重新发送的图片。
no-own-job = 你没有编号为 #{ NUMBER($number, useGrouping: 0) } 的任务。编号按服务器分别计算：请到那个服务器里试试。
sent-elsewhere = 图片已另行送达。
sending-again = 正在重新发送 #{ NUMBER($number, useGrouping: 0) }：{ $link }

## 任务卡片

title-queued = 排队中
title-paused = 已暂停
title-submitted = 已提交
title-in-doubt = 正在查证
title-drawing = 正在绘制
title-fetching = 正在下载
title-delivering = 正在发布
title-delivered = { $images ->
       *[other] 你的图片画好了
    }
title-failed = 这次没有画成
title-canceled = 已取消
title-void = 未开始
title-expired = 等待超时
title-given-back = 已退回
title-undelivered = 已画好，但未能送达
title-removed = 已移除
title-removing = 移除尚未完成

card-heading = { $title } · #{ NUMBER($number, useGrouping: 0) }
card-details = { $model } · { $size } · { $images } 张
card-details-partial = { $model } · { $size } · { $images } 张中的 { $made } 张
card-prompt-withheld = *提示词被拒绝，只有提交者本人能看到。*
card-details-series = { $model } · { $size } · 组图，最多 { $images } 张
card-details-seed = {" · "}种子 { NUMBER($seed, useGrouping: 0) }
card-negative = 不要出现：{ $negative }
queued-next = 下一个就是你，预计 { $ready_ms } 完成。
queued-place = 排在第 { $place } 位，预计 { $ready_ms } 完成。
queued-paused = 图像服务暂时不接受 { $model } 的请求。你的位置（第 { $place } 位）会保留，等待期间不扣额度。
queued-paused-account = 图像服务暂时不接受本机器人的请求。你的位置（第 { $place } 位）会保留，等待期间不扣额度。
submitted-body = 图像服务已收到，预计 { $ready_ms } 完成。
in-doubt-body = 图像服务没有明确答复（{ $since_ms }）。正在查证它是否已开始，通常十分钟，最久一天；不会重复扣额度。
drawing-body = 正在绘制，预计 { $ready_ms } 完成。
fetching-body = 已画好，图片正在送来。
note-direct-message = 等待时间可能超过私密回复的有效期，结果会通过私信发给你。请允许来自本服务器的私信。
note-last-word = 这条回复无法继续更新。输入 /job number:{ NUMBER($number, useGrouping: 0) } 查看进展。
note-prompt-long = 超过 { $limit } 个字符的提示词可能会被 { $model } 截断，开头部分最要紧。
note-cut = 图像服务截断了你的提示词，只用了开头部分。
note-canceling = 已请求取消，正在等图像服务答复。
note-cancel-late = 取消来得太晚：图像服务已经开始，所以图片已生成并扣额度。
note-cancel-refused = 来不及取消了：图像服务已经开始。
note-series = 这组图画几张由图像服务决定，最多 { $most } 张；按实际画出的张数扣额度。
note-series-drawn = 图像服务画了一组 { $images } 张图{ $rest ->
        [0] 。
       *[other] ；最多可画 { $most } 张，未用到的额度已退还。
    }
note-pictures = 由上传的 { $pictures } 张图片修改而成。
note-pictures-kept = 由保存的参考图（{ $kept } 张）{ $pictures ->
        [0] {""}
       *[other] 和上传的 { $pictures } 张图片
    }修改而成。
note-pictures-job = 由 #{ NUMBER($number, useGrouping: 0) } 的图片修改而成。
edit-instruct = 功能：按文字修改，强度 { $strength }%。
edit-region = 功能：只改蒙版的白色部分。
edit-style = 功能：整张换风格，强度 { $strength }%。
edit-part-style = 功能：局部换风格。
edit-unmark = 功能：去除水印。
edit-expand = 功能：向外扩展（左 { $at_left }%，右 { $at_right }%，上 { $at_top }%，下 { $at_bottom }%）。
edit-enlarge = { $factor ->
        [1] 功能：提高清晰度。
       *[other] 功能：放大到 { $factor } 倍。
    }
edit-colour = 功能：上色。
edit-sketch = 功能：线稿成图。
edit-cartoon = 功能：卡通形象出现在新场景。
note-region = 修改区域：{ $fields }（图片按 4×4 分格，左上角为 A1）。
note-pictures-of = 由 { $member } 的图片修改而成。
note-picture-scaled = 有一张图片已缩小：原来的尺寸太大，无法发送。
note-picture-flattened = 图片中的透明部分按白色处理。
note-not-rewritten-waiting = 按原文画的：你等待改写的提示词太多了。
note-not-rewritten-limit = 按原文画的：你今天的改写次数已用完。
note-not-rewritten-cap = 按原文画的：机器人本月的总上限已不够改写提示词。
note-not-rewritten-service = 按原文画的：改写提示词的模型暂时不可用。
note-not-rewritten-lost = 按原文画的：改写的结果在传输途中丢失了。
note-not-rewritten-long = 按原文画的：改写后的提示词超出了模型的长度限制。
note-not-rewritten-withheld = 按原文画的：图像服务没有交出改写后的提示词。
note-not-rewritten-rule = 按原文画的：改写后的提示词违反了本服务器的规则。
note-reencoded = 原图对 Discord 来说太大，这里显示的是 JPEG；原图仍保留。
note-bare = Discord 不接受这个请求里的文字，因此这里略去。
note-left-out = 有 { $missing } 张图片即使转成 JPEG 也超出 Discord 的大小限制；原图已保存。
note-lost = 有 { $missing } 张图片画好了，但文件在发布之前就在我这边丢失了；相应的额度已退还。
note-unread = 有 { $missing } 张图片的文件在我这边读不出来；运营者可以在日志里看到原因。
note-not-shown = 有 { $missing } 张图片这里已无法显示，原消息里还能看到。
note-covered = 版主已为图片加上遮挡
note-ai = 由 AI 生成
note-ai-marked = 由 AI 生成，带有服务方的水印
note-partial = { $asked } 张中画成了 { $made } 张。扣了 { $charged } 张的额度，其余已退还。
note-partial-why = 缺的 { $missing } 张：{ $reason }
rewritten = **模型改写后的提示词**
enhanced-improve = **润色后的提示词**
enhanced-translate = **译成英文的提示词**
picture-line = 第 { $place } 张：{ $size }
seed-line = 第 { $place } 张：种子 { NUMBER($seed, useGrouping: 0) }，{ $size }
charge-nothing = 没有扣费。
charge-free = 扣除：免费图片 { $free } 张。
charge-paid = 扣除：{ $paid }。
charge-mixed = 扣除：免费图片 { $free } 张和 { $paid }。
receipt-free = 从你的免费图片中扣除 { $free } 张。
receipt-paid = { $source ->
        [credit] 从你的余额中扣除 { $paid }。
        [both] 从你的预算和余额中扣除 { $paid }。
       *[budget] 从你的预算中扣除 { $paid }。
    }
receipt-mixed = 从你的免费图片中扣除 { $free } 张，{ $source ->
        [credit] 从你的余额中扣除 { $paid }。
        [both] 从你的预算和余额中扣除 { $paid }。
       *[budget] 从你的预算中扣除 { $paid }。
    }
receipt-inputs = 其中 { $inputs_paid } 用于 { $inputs } 张原图。
receipt-nothing = 没有扣额度。
receipt-back-free = 已退还：免费图片 { $free } 张。
receipt-back-paid = 已以余额退还：{ $paid }。
back-free = 已退还免费图片 { $free } 张
back-paid = 已以余额退还 { $paid }
back-mixed = 已退还免费图片 { $free } 张，并以余额退还 { $paid }
receipt-nearly-out = 已不到本周期额度的五分之一。
receipt-left = 剩余：{ $left } · { $resets_ms } 重置
left-given = 本周期的免费图片中，有 { $images } 张由管理员另外赠送。
left-again = 因提示词被拒绝，{ $again_ms } 才能再次提交。
left-again-member = 因提示词被拒绝，该成员 { $again_ms } 才能再次提交。
reference = 参考编号：{ $reference }
shortened = …（已截短）
alt-fallback = 任务 #{ NUMBER($number, useGrouping: 0) } 的第 { $place } 张图

failure-content = 图像服务拒绝了：它认为提示词或图片含有不合适的内容。请换个说法试试。
failure-ip = 图像服务拒绝了：可能涉及他人的权利，例如知名角色或品牌。请试试自己的创意。
failure-parameter = 图像服务无法处理这个请求。换些选项或说法也许可以。
failure-input = 你提供的图片无法使用。请重新提供，或换一张图片。
failure-timeout = 图像服务耗时太久，放弃了。你可以再试一次。
failure-service = 图像服务自身出了故障。你可以再试一次。
failure-busy = 图像服务太忙了，请过几分钟再试。
failure-doubt = 始终无法确认图像服务是否已开始。为稳妥起见，没有再次尝试。
failure-answer = 图像服务没有给出可用的回复，而这个模型的图片无法再次取回。为稳妥起见，没有让它再画一次；你可以重新提交。
failure-forgotten = 图像服务已经没有这个任务的记录了。
failure-results = 图片画好了，但没能下载下来。
failure-lost = 图片画好了，但文件在发布之前就在我这边丢失了。
failure-unknown = 图像服务结束了任务，但没有给出图片。
expired-wait = 排队时间过长，我已替你退出队列。你可以再试一次。
expired-stopped = 这个模型停用太久，我已替你退出队列。请换个模型试试。
expired-account = 图像服务太久不接受本机器人的请求，我已替你退出队列。你可以稍后再试。
expired-left = 排队期间我被移出了服务器，我已替你退出队列。
undelivered-forbidden = 图片已画好并保存，但 Discord 不让我发在这里：我可能缺少权限。
undelivered-left = 图片已画好并保存，但我已被移出那个服务器。
undelivered-locked = 图片已画好并保存，但这个子区已关闭，我无权重新打开。
undelivered-closed = 图片已画好并保存，但你不接收我的私信：请允许来自本服务器的私信。
undelivered-gone = 图片已画好并保存，但原消息或频道已不在。
undelivered-large = 图片已画好并保存，但 Discord 认为太大。
undelivered-unreadable = 图片已画好并保存，但我现在读不出文件；运营者可以在日志里看到原因。
undelivered-other = 图片已画好并保存，但没能发出来。
undelivered-body = 图片已经生成，所以额度不退还。你可以随时点“重新发送”。
copy-locked = 图片在这里；{ $channel } 已锁定，我没能发在那里。
removed-body = 这个任务的图片已被移除。
removing-body = 这个任务的已存图片已删除。
removing-by-moderator = 版主正在移除这些图片；已存的图片已删除。
removing-by-moderator-why = 版主正在移除这些图片（原因：{ $reason }）；已存的图片已删除。
removed-out-of-reach = 成员自己的私密回复我已无法触及，会留到对方关闭为止。
removed-out-of-reach-own = 你的私密回复我已无法触及，会留到你自己关闭为止。
removed-stands = 消息还在，因为 Discord 还没让我修改或删除它；如果子区被锁定，需要版主先解锁。我每小时再试一次；点“删除”可以马上再试。
removed-by-moderator = 版主移除了这些图片。
removed-by-moderator-why = 版主移除了这些图片（原因：{ $reason }）。

button-cancel = 取消
button-canceling = 正在取消…
button-cancel-late = 来不及取消了
button-delete = 删除
button-send-again = 重新发送
button-open = 打开消息
button-again = 再画一次
button-try-again = 重试
button-change = 改一改
button-edit-picture = 修改图片
button-more = 更多…
button-vary = 换个版本
button-enlarge = 放大
button-finish = 用 { $model } 精绘
button-keep = 存为参考图
button-priced = { $label } · { $price }

## 用图片下方的按钮再要一次

repeat-form-title = 修改后再画
repeat-form-prompt = 提示词
repeat-form-negative = 反向提示词
repeat-form-model = 模型
repeat-form-size = 尺寸，例如 1024x1024 或 16:9
repeat-form-count = 张数
repeat-count = “{ $count }”不是张数，请填写数字，例如 2。没有扣额度。
repeat-long = 这段提示词超过了表单能容纳的 { $limit } 个字符。没有扣额度；请用“再画一次”，或用 /imagine 重新提交。
repeat-gone = 我已不记得这是用什么画的。没有扣额度；请用 /imagine 重新提交。
repeat-not-yours = #{ NUMBER($number, useGrouping: 0) } 只有提交者本人可以再画。请用 /imagine 画你自己的图片。

## 额度不够时可以改要的

button-instead-fewer = 改画 { $count } 张
button-instead-model = 改用 { $model }
instead-gone = 这个按钮已经失效：它只在十分钟内有效，之后又有请求因额度不够被拒绝时也会失效。没有扣额度；请重新用 /imagine 提交。

## 图片下方“更多…”的内容

more-title = { $pictures ->
        [1] **#{ NUMBER($number, useGrouping: 0) } 的图片**
       *[other] **#{ NUMBER($number, useGrouping: 0) } 的第 { $place } 张图片**
    }
more-picture = 第 { $place } 张
more-copy = 想再要一次同样的图片，复制这一行：
more-too-long = 提示词太长，这里放不下；点“改一改”可以看到全文。
more-gone = 这张图片已经不在了。没有扣额度；请用 /imagine 重新画一张。
more-not-yours = #{ NUMBER($number, useGrouping: 0) } 只有提交者本人可以这样做。想修改别人的图片，请点图片下方的“修改图片”。
more-way-gone = 这里已经没有能做这件事的模型了。没有扣额度；请再点一次“更多…”，看看现在能做什么。
made-picture-gone = 图片 { $file } 的文件暂时读取不了，因此没有开始。请再试一次，或点图片下方的“修改图片”。
keep-form-title = 存为参考图
keep-form-name = 名称（供 /edit 的“参考图”选项使用）
prompt-vary = 这张图片的另一个版本，细节略有不同。{ $prompt }
prompt-finish = 以最好的画质重画这张图片，构图保持不变。{ $prompt }

## 卡片以外的消息

ping = { $member } 你的图片画好了：{ $link }
ping-private = 你的图片 #{ NUMBER($number, useGrouping: 0) } 画好了：{ $link }
told-undelivered = { $link } 的 #{ NUMBER($number, useGrouping: 0) }：{ $reason }图片已经生成，所以额度不退还。在这里或那里输入 /job number:{ NUMBER($number, useGrouping: 0) } 即可取回。
told-ended = { $link } 的 #{ NUMBER($number, useGrouping: 0) } 已结束，没有图片。{ $end }{ $charged }
ended-canceled = 它已被取消。
told-unproven = { $link } 的 #{ NUMBER($number, useGrouping: 0) }：我无法确认你是否收到了回复，因此撤回了这个请求。没有画图，也没有扣额度；如果仍然需要，请重新提交。
told-delivered = 你的 { $images } 张图画好了：#{ NUMBER($number, useGrouping: 0) }，{ $link }。这条私信是你设置的，可以用 /preferences 修改。
told-credit = { $given_ms }，“{ $server }”的管理员赠送给你余额 { $amount }。在那里用完免费图片和预算之后，会从余额中扣除；余额不会过期。
told-pictures = { $given_ms }，“{ $server }”的管理员在你原有的额度之外，赠送给你免费图片 { $images } 张。请在额度重置（{ $resets_ms }）之前使用。
told-period = { $given_ms }，“{ $server }”的管理员重置了你的本周期额度，还给你：{ $used }。周期仍在 { $resets_ms } 结束。
told-picture-edited = { $member } 在“{ $server }”修改了你的一张图片：#{ NUMBER($number, useGrouping: 0) }，{ $link }。如果不想让别人修改你的图片，可以在这里或服务器里用 /preferences 设置。
told-pictures-edited = 你的图片{ $more ->
        [0] {""}
       *[other] 又
    }被修改了 { $count } 次：
told-pictures-edited-line = - { $member } 在“{ $server }”：#{ NUMBER($number, useGrouping: 0) }，{ $link }
told-pictures-edited-line-private = - { $member } 在“{ $server }”（#{ NUMBER($number, useGrouping: 0) }），结果只有对方和版主能看到
told-pictures-edited-rest = - 更早的还有 { $count } 次
told-pictures-edited-way = 如果不想让别人修改你的图片，可以在这里或服务器里用 /preferences 设置。
told-picture-edited-private = { $member } 在“{ $server }”修改了你的一张图片（#{ NUMBER($number, useGrouping: 0) }），结果只有对方和版主能看到。如果不想让别人修改你的图片，可以在这里或服务器里用 /preferences 设置。

operator-lane-stopped = **{ $model } 已停用。**图像服务返回 { $code }。{ $advice } 排队的任务保留位置；我会按逐渐拉长的间隔自动重试。
operator-lane-not-offered = **{ $model } 已停用。**图像服务的模型列表中已没有它。请从配置中移除，或改用后继模型；在此期间，没有指定模型的请求改用下一个模型。排队的任务保留位置；我会按逐渐拉长的间隔自动重试，如果服务仍然接受请求，就会恢复。
operator-model-retires = **{ $model } 将于 { $day } 下线**（{ $ends_ms }），依据图像服务的模型列表；列表未写明日期时，依据配置中的 goes_offline。请在此之前从配置中移除，或改用后继模型。
operator-text-model-gone = **图像服务的模型列表里已没有改写提示词用的 { $model }。** 请在配置的 [rewriting] 中改用后继模型，并写明其价格（model、price_in、price_out）。在此之前，凡是服务不肯改写的，都按原文作画。
operator-account-stopped = **整个账号已停用。**图像服务返回 { $code }。{ $advice } 排队的任务保留位置；我会按逐渐拉长的间隔自动重试。
operator-lane-reopened = { $model } 已恢复，排队的任务继续进行。
operator-requests-refused = **{ $model } 连续拒绝了成员的请求。**接连 { $members } 位成员的请求被拒绝，最后一次是 { $code }，原因并不是提示词的内容。该模型支持的尺寸或张数可能与配置不同，请对照图像服务的文档检查。
operator-work-failing = **我的一项后台工作一直失败：**“{ $work }”已连续失败 { $failures } 次。我会继续重试；原因见日志中的 { $reference }。
operator-database-damaged = **数据库已损坏。**文件中有一部分无法读取：依赖这一部分的操作会等待，暂时无法完成；其余照常。请停止机器人，先把数据库文件复制到别处，再按 docs/operating.md 的 *A damaged database* 处理；不一定需要用备份恢复。
operator-commands-unregistered = **命令未能注册。**原因：{ $reason }。机器人继续使用现有的命令运行，并会自动重试，至少每小时一次。
operator-account-reopened = 账号已恢复，排队的任务继续进行。
advice-key = 请检查 API 密钥，并确认它与基础地址属于同一地域：其他地域的密钥也会这样被拒绝。
advice-arrears = 账号已欠费，请充值。
advice-denied = 账号无权使用：请在控制台确认服务已开通，且密钥所在的业务空间可以使用该模型。
advice-free-tier = 免费额度已用完：如要按标价继续使用，请在控制台关闭“免费额度用完即停”。
advice-model = 该模型已不再提供：请从配置中移除，或改用后继模型。
advice-address = 这个地址不提供该模型：它已下线，或者改由我不支持的另一个地址提供。请从配置中移除，或改用后继模型。
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
chart-unnamed = 账号 { NUMBER($account, useGrouping: 0) }
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
table-back-free = 退还免费图片数
table-back = 以余额退还（元）
table-list = 按标价（元）
table-share = 占当月总额度（%）

## 用量报告

report-heading = **{ $server } 的图片用量** · { $period } · { $zone }
report-members = **成员**
report-models = **模型**
report-totals = { $totals } · 按标价 { $amount }
report-month = **{ $month }**：{ $totals }
report-pool = 占本服务器当月总额度（{ $amount }）的{ $percent ->
        [0] 不到 1%
       *[other] { " " }{ $percent }%
    }。总额度按标价计算，免费图片也计入。
report-member = - { $name }：{ $images } 张 · 扣费 { $paid } · 按标价 { $amount }
report-member-share = - { $name }：{ $images } 张 · 扣费 { $paid } · 按标价 { $amount }，占总额度{ $percent ->
        [0] 不到 1%
       *[other] { " " }{ $percent }%
    }
report-line = - { $name }：{ $images } 张 · { $paid }
report-others = - 以及另外 { $count } 人
report-refused = **被拒绝的请求：{ $count } 个**
report-refused-quota = - 超出成员额度：{ $count }
report-refused-pool = - 超出服务器总额度：{ $count }
report-refused-cap = - 达到整个机器人的月度上限：{ $count }
report-refused-rule = - 一次的张数或任务太多，或请求太频繁：{ $count }
report-refused-busy = - 模型停用或队列已满：{ $count }
report-refused-account = - 图像服务不接受本机器人的请求：{ $count }
report-refused-prompt = - 违反本服务器的提示词规则：{ $count }
report-refused-service = - 画图之前就因提示词内容被图像服务拒绝：{ $count }
report-refused-wait = - 被拒绝次数过多、等待期间的请求：{ $count }
report-refused-blocked = - 成员被封禁或暂停：{ $count }
report-refused-consent = - 是其他成员的图片，不允许修改：{ $count }
report-refused-other = - 其他原因：{ $count }
report-table-cut = 表格只包含 { $all } 行中的前 { $rows } 行，即用量最多的成员。
report-no-chart = 图表未能生成。
report-no-period = “{ $typed }”不是日期或月份。请从列表中选择，或输入周期中的任意一天（例如 { $example }），或一个月份（例如 { $month }）。
report-period-to-come = “{ $typed }”还没有开始。请从列表中选择，或输入不晚于 { $example } 的一天，或不晚于 { $month } 的月份。
choice-period-current = 当前周期 · { $days }
choice-period-previous = 上一个周期 · { $days }
operator-report = **上周 · { $period }**
operator-report-total = 图片服务共计费 { $images } 张，其中 { $tier } 张来自免费额度，费用 { $cost }。向成员扣费 { $paid }。
operator-report-model = - { $model }：{ $images } 张 · { $cost }
operator-report-text-model = - { $model }：改写 { $prompts } 段提示词 · { $cost }
operator-report-doubtful = 另有 { $amount } 是否计费尚不清楚，用 `jobs in-doubt` 查看。
operator-report-lost = 另有 { $amount } 可能计费：改写的结果在传输途中丢失，或没有被交出，这笔钱会一直算到月底。
operator-report-cap = { $month } 的上限：{ $amount }，目前已用 { $cost }。
operator-report-no-cap = { $month } 目前的费用：{ $cost }；没有设上限。
operator-report-tier = { $model } 的免费额度：还剩 { $images } 张，{ $ends_ms } 到期。
operator-report-tier-gone = { $model } 的免费额度：没有剩余。
operator-report-server = - { $server }：{ $images } 张，按标价 { $amount }
operator-report-servers = - 以及另外 { $count } 个服务器

## 提示词规则

prompt-breaks-word = 本服务器的版主不允许在{ $field ->
        [negative] 反向提示词
       *[prompt] 提示词
    }中使用“{ $word }”。{ $waits ->
        [0] 请换个说法再试；没有扣额度。
       *[other] 没有扣额度。
    }
prompt-breaks-pattern = 这段{ $field ->
        [negative] 反向提示词
       *[prompt] 提示词
    }违反了本服务器版主设定的规则。{ $waits ->
        [0] 请换个说法再试；没有扣额度。
       *[other] 没有扣额度。
    }
prompt-rules-full = 本服务器已有 { $limit } 条规则，达到上限。请先删除一条。
prompt-rule-known = 本服务器已有这条规则。
prompt-rule-word-empty = 词语中至少要有一个字母、汉字或数字。
prompt-rule-word-long = 这个词语有 { $length } 个字符，最多 { $limit } 个。请用更短的，或只用其中最少见的部分。
prompt-rule-pattern-long = 这个正则有 { $length } 个字符，最多 { $limit } 个。请拆成几条规则。
prompt-rule-pattern-invalid = 这个正则无法使用：{ $problem }。正则采用 RE2 语法，不支持环视和反向引用。
prompt-rule-pattern-large = 这个正则展开后太大：请减少重复次数（例如 { "{0,5}" }），或少用 \pL 这样的字符类。
prompt-rule-pattern-any = 这个正则能匹配空文本，会拒绝所有提示词。请让它至少要求一个字符。
prompt-rules-large = 本服务器的正则合起来太大。请简化这一条，或先删除另一条。

## 服务器设置

command-settings-name = 设置
command-settings-description = 本服务器的设置：频道、模型、周期、身份组、日志频道、语言
command-settings-show-name = 查看
command-settings-show-description = 查看全部设置，以及各由谁决定
command-settings-channels-name = 频道
command-settings-channels-description = 选择在哪里可以画图
command-settings-models-name = 模型
command-settings-models-description = 选择可以使用哪些模型
command-settings-period-name = 周期
command-settings-period-description = 选择额度何时重置，以及按哪个时区计算
command-settings-log-name = 日志频道
command-settings-log-description = 选择我在哪里向管理员和版主报告
command-settings-roles-name = 身份组
command-settings-roles-description = 选择哪些身份组算作管理员和版主
command-settings-posting-name = 展示
command-settings-posting-description = 选择谁能看到图片，以及首次付费前是否询问
option-settings-period-name = 周期
option-settings-period-description = 成员的免费图片和预算多久重置一次
option-settings-timezone-name = 时区
option-settings-timezone-description = 输入城市或整小时的时差，如 北京、Shanghai、UTC+8；每天从当地零点开始
option-settings-channel-name = 频道
option-settings-channel-description = 只有管理员和版主能看到的频道：那里会显示提示词和图片
option-settings-none-name = 不报告
option-settings-none-description = 不在任何频道报告
option-settings-pictures-name = 图片
option-settings-pictures-description = 谁能看到成员画的图片
option-settings-confirm_paid-name = 付费确认
option-settings-confirm_paid-description = 成员在每个周期首次付费前先询问
command-settings-language-name = 语言
command-settings-language-description = 选择日志频道和服务器通知使用的语言
option-settings-language-name = 语言
option-settings-language-description = 选择语言；成员本人的请求仍按其自己的语言答复
choice-language-discord = 跟随 Discord 设置
language-name = 中文
command-settings-gallery-name = 画廊频道
command-settings-gallery-description = 选择一个频道，展示很多成员收藏的图片
option-settings-gallery_channel-name = 频道
option-settings-gallery_channel-description = 在哪个频道展示（要作者同意）
option-settings-gallery_none-name = 不展示
option-settings-gallery_none-description = 不在任何频道展示
option-settings-stars-name = 收藏数
option-settings-stars-description = 至少有多少位其他成员收藏才展示（默认 3）
command-settings-prompts-name = 提示词
command-settings-prompts-description = 选择画图之前是否改写提示词
option-settings-enhance-name = 优化
option-settings-enhance-description = 成员没有选择时，提示词怎么处理
choice-period-day = 日
choice-period-week = 周
choice-period-month = 月
choice-posting-free = 由成员自己选择
choice-posting-public = 频道里所有人
choice-posting-private = 只有提出请求的成员
choice-zone = { $zone } · 现在 { $time }（UTC{ $offset }）

settings-heading = **本服务器的设置**
settings-hint = 用 /settings channels、models、posting、prompts、moderation、cards、gallery、period、language、log-channel 和 roles 修改；总额度用 /quota pool。成员的规则见 /quota show。
settings-line = **{ $what }**：{ $value }
settings-changed = **{ $what }**
    之前：{ $before }
    现在：{ $after }
settings-unchanged = **{ $what }**：{ $value }
    之前就是这样，没有任何改动。
settings-what-channels = 可以画图的地方
settings-what-models = 可用的模型
settings-what-posting = 谁能看到图片
settings-what-confirms = 成员在每个周期首次付费前先询问
settings-what-enhance = 成员没有选择时的提示词
settings-enhance-off = 按原文画
settings-enhance-translate = 翻译成英文
settings-enhance-improve = 润色
settings-what-calendar = 额度重置
settings-what-pool = 服务器总额度
settings-what-language = 日志频道和通知的语言
settings-language-discord = 跟随 Discord 的服务器设置
settings-what-log = 日志频道
settings-what-gallery = 展示大家喜欢的图片
settings-gallery = { $channel }，满 { $stars } 位其他成员收藏时展示
settings-gallery-means = 我只展示公开的图片，每张只展示一次，而且要作者同意：我会私信问每位作者一次。
settings-gallery-closed = 我没法在 { $channel } 展示图片：缺少 { $permissions } 权限。请先授予权限，或换一个频道；没有任何改动。
settings-what-admins = 算作管理员的身份组
settings-what-moderators = 算作版主的身份组
settings-from-operator = （由运营者设定）
settings-from-here = （由本服务器设定）
settings-from-default = （默认）
settings-with-origin = { $value }{ $origin }
settings-everywhere = 所有频道
settings-all-models = 全部
settings-model = { $model }
settings-model-price = 每张 { $price }
settings-no-roles = 无，只看权限
settings-none = 无
settings-yes = 是
settings-no = 否
settings-comma = {"、"}
settings-and-more = { $names }，以及另外 { $count } 个
settings-posting-free = 由成员自己选择
settings-posting-public = 频道里所有人
settings-posting-private = 只有提出请求的成员
settings-period = { $period ->
        [day] 每天
        [week] 每周一
       *[month] 每月 1 日
    }零点（{ $zone }）
settings-calendar-pending = { $now }；{ $since_ms } 改为“{ $then }”
settings-calendar = { $calendar }；下次重置：{ $resets_ms }
settings-calendar-then = { $calendar }；下次重置：{ $resets_ms }，此后改为{ $then }
settings-calendar-later = 在此之前一切照旧：成员已用和剩余的额度算到当前周期结束为止。
settings-pool-limit = 每月 { $amount }
settings-pool-none = 不限
settings-pool = { $limit }；本月已占用 { $paid }

settings-how-channels = 最多选 25 个频道或分类。选分类即包含其中所有频道，选频道即包含其中的子区。不选则所有频道都可以。
settings-how-models = 选择一个或多个模型；不选则全部可用。
settings-how-roles = 管理员可以设置额度和服务器设置：除这些身份组外，还有所有拥有“管理服务器”权限的人。版主可以处理图片和成员：除这些身份组外，还有所有在整个服务器拥有“禁言成员”或“管理消息”权限的人。不选则只看权限。Discord 只向拥有其权限的人显示这些命令；要让某个身份组也看到，请在“服务器设置”的“整合”中调整。
settings-choose-channels = 频道和分类；不选则不限
settings-choose-models = 模型；不选则全部可用
settings-choose-admins = 算作管理员的身份组
settings-choose-moderators = 算作版主的身份组

settings-zone-unknown = 我不认识时区“{ $zone }”。你是想选这些吗？{ $zones }。没有任何改动。
settings-zone-none = 我不认识时区“{ $zone }”。常用的有：{ $zones }；时差只支持整小时，如 UTC+8。没有任何改动。
settings-channels-closed = 所选的频道中，有些我无法展示图片，缺少权限：{ $places }。请先授予，或换别的频道；没有任何改动。
settings-log-closed = 我无法在 { $channel } 报告：缺少权限{ $permissions }。请先授予，或选别的频道；没有任何改动。
log-exposed-everyone = **现在 { $server } 的所有人都能看到 { $channel }**，而我在那里告诉版主谁要求画了什么：提示词和图片，包括私密的。我已停止在那里发布与成员有关的内容；之前发的还留在那里。请对“@everyone”隐藏该频道，用 /settings log-channel 另选频道，或再次选它，表示所有人都可以看。请求可用 /logs search 查到（被拒绝的选状态“开始之前在这里被拒绝”），暂停和申诉用 /mod case。
log-exposed-followers = **{ $server } 的 { $channel } 现在是公告频道**：在那里发布的内容会转到所有关注它的服务器，而我在那里告诉版主谁要求画了什么：提示词和图片，包括私密的。我已停止在那里发布与成员有关的内容；之前发的还留在那里。请把它改回文字频道，用 /settings log-channel 另选频道，或再次选它，表示可以这样。请求可用 /logs search 查到（被拒绝的选状态“开始之前在这里被拒绝”），暂停和申诉用 /mod case。
settings-log-everyone = **本服务器所有人都能看到 { $channel }。**
settings-log-followers = **{ $channel } 是公告频道**：在那里发布的内容会转到所有关注它的服务器。
settings-log-holds = 我会在日志频道发布谁要求画了什么、结果如何：提示词、图片预览（包括只给本人看的图片）、被拒绝的请求、暂停和申诉。请选只有版主能看到的频道。目前没有任何改动；仍要使用这个频道吗？
settings-log-kept = 没有任何改动。
settings-log-agreed-everyone = （所有人可见，管理员已同意）
settings-log-agreed-followers = （公告频道，管理员已同意）
settings-log-again = 你已同意：我会继续在那里发布与成员有关的内容。
settings-log-roles = 我只检查“@everyone”；其他身份组能否看到，请自行确认频道权限。
settings-log-suspended = 因此我暂停在那里发布与成员有关的内容。请对“@everyone”隐藏该频道；如果确实允许所有人看，请用 /settings log-channel 再选一次。
button-log-agree = 仍然使用
button-log-drop = 保持不变
settings-role-everyone = 不能选“@everyone”：那样每个成员都会算在内。请选别的身份组；没有任何改动。
settings-role-managed = { $role } 属于某个应用或服务器助推，由 Discord 自动授予和收回。请选由人授予的身份组；没有任何改动。

## 对服务器管理员和运营者的通知

greeting = **大家好！我用文字生成图片，也按文字修改图片。**
    成员输入 /imagine，说说想看到什么，或用 /edit 上传一张图片来修改；/balance 会显示各自剩余的额度。我的运营者提供：{ $gifts }。{ $worth }

    如果你有“管理服务器”权限，请先做这几步：
    1. /settings channels：选择在哪里可以画图。
    2. /settings log-channel：选择一个只有版主能看到的频道。我会在那里告诉版主画了什么、拒绝了什么，附提示词和图片（包括只给本人看的），并提醒额度快用完了。
    3. /quota set-default：选择每个成员能画多少。

    在这些频道里我需要“查看频道”“发送消息”和“附加文件”权限，否则大家看不到图片。
greeting-free = 每个成员{ $period ->
        [day] 每天
        [week] 每周
       *[month] 每月
    }免费图片 { $free } 张
greeting-budget = 另有预算 { $amount }
greeting-pool = 整个服务器每月 { $amount }（按标价计）
greeting-direct = 我刚加入 { $server }。因为你是它的所有者，而我不能在它的系统消息频道发言，所以私信告诉你。
pool-alarm = **本服务器这个月的总额度已占用 { $percent }%。**还剩 { $left }，共 { $amount }。用完后这里就不能再画图，直到 { $resets_ms } 重置。{ $whose }
pool-alarm-full = **本服务器这个月的总额度 { $amount } 已用完**，或剩余部分不够成员的请求。将于 { $resets_ms } 重置。{ $whose }
pool-alarm-own = 这个限额由本服务器的管理员设定：可以用 /quota pool 提高，最多到运营者所给的数额。
pool-alarm-operators = 这个限额由我的运营者设定，只有运营者能提高；用 /quota pool 查看。
operator-cap = **本月的总上限已占用 { $percent }%。**还剩 { $left }，共 { $amount }，进行中的任务已计算在内。用完后，需要图像服务收费的请求会被拒绝，直到 { $resets_ms } 重置。
operator-cap-full = **已达到本月的总上限 { $amount }**，或剩余部分不够成员的请求。需要图像服务收费的请求会被拒绝，直到 { $resets_ms } 重置。如要提前继续，请在配置中提高 quota.operator_cap 并重新启动我。

## 额度

command-quota-name = 额度
command-quota-description = 本服务器里谁可以画多少
command-quota-show-name = 查看
command-quota-show-description = 本服务器的规则和总额度，或某位成员可以用多少、由谁规定
command-quota-set-default-name = 设默认
command-quota-set-default-description = 适用于所有人的规则；不填数值会弹出表单
command-quota-set-role-name = 设身份组
command-quota-set-role-description = 适用于某个身份组的规则；不填数值会弹出表单
command-quota-set-member-name = 设成员
command-quota-set-member-description = 适用于某位成员的规则；不填数值会弹出表单
command-quota-clear-name = 清除
command-quota-clear-description = 清除身份组或成员的规则；都不填则清除服务器的规则
command-quota-grant-name = 赠送
command-quota-grant-description = 赠送不随周期失效的余额，或本周期内的免费图片
command-quota-reset-name = 重置
command-quota-reset-description = 把某位成员本周期已用的免费图片和预算还给对方
command-quota-refund-name = 退回
command-quota-refund-description = 退回某个任务的费用
command-quota-pool-name = 总额度
command-quota-pool-description = 查看本月总额度用量；或设置低于运营者上限的限额
command-quota-report-name = 报表
command-quota-report-description = 某个周期的用量，按成员和模型，附图表和表格
option-quota-member-name = 成员
option-quota-member-description = 关于哪位成员
option-quota-role-name = 身份组
option-quota-role-description = 关于哪个身份组
option-quota-free_images-name = 免费张数
option-quota-free_images-description = 每个周期不收费的图片张数
option-quota-budget-name = 预算
option-quota-budget-description = 每个周期用于更多图片的金额（人民币），如 1.50
option-quota-images_per_job-name = 每次张数
option-quota-images_per_job-description = 一次请求最多几张，1 到 10
option-quota-active_jobs-name = 同时任务
option-quota-active_jobs-description = 同时进行的请求最多几个
option-quota-cooldown-name = 间隔
option-quota-cooldown-description = 两次请求之间的秒数
option-quota-amount-name = 金额
option-quota-amount-description = 余额（人民币），如 5 或 1.50；也可以改填“张数”
option-quota-pictures-name = 张数
option-quota-pictures-description = 免费图片的张数，任何模型都可以用，到本周期结束为止；也可以改填“金额”
option-quota-reason-name = 原因
option-quota-reason-description = 原因；会记入账本
option-quota-number-name = 编号
option-quota-number-description = 任务编号，见它的消息
option-quota-limit-name = 限额
option-quota-limit-description = 每月人民币金额，不超过运营者给的上限；“none”表示不另设限额
option-quota-period-name = 周期
option-quota-period-description = 本周期、上一周期、某天所在的周期（如 2026-11-01），或某个月（如 2026-10）
field-free-images = 免费图片
field-budget = 预算
field-images-per-job = 每次请求的图片
field-active-jobs = 同时进行的请求
field-cooldown = 两次请求间隔
each-day = 每天 { $value }
each-week = 每周 { $value }
each-month = 每月 { $value }
value-number = { NUMBER($value, useGrouping: 0) }
value-seconds = { NUMBER($seconds, useGrouping: 0) } 秒
origin-member = 该成员自己的规则
origin-role = 身份组 { $role }
origin-server = 服务器的规则
origin-operator = 运营者的规则
quota-member-heading = **{ $member } 的额度**
quota-line = { $field }：**{ $value }** · { $origin }
quota-rule-line = { $whom }：{ $rule }
quota-server-heading = **本服务器的规则**
quota-more-rules = 另有 { $count } 条
quota-forgotten-rules = 另有 { $count } 条属于已清除数据的成员
quota-operator = 没有规定的，按运营者的：{ $rule }
quota-server-hint = 先看成员自己的规则，再看其身份组中最宽的，再看所有人的；每一项分别决定。
rule-for-everybody = 所有人
rule-for-forgotten = 一位已清除数据的成员
rule-nothing = 没有规定
rule-changed = **{ $whom }的规则**
field-open = 未设置
field-changed = { $field }：{ $before } → **{ $after }**
field-unchanged = { $field }：{ $before }（不变）
field-unset = { $field }：{ $before } → **未设置**；{ $instead }
instead = 按{ $origin }：{ $value }
instead-member = 按{ $origin }：{ $value }（其身份组另有规则的除外）
field-not-set = { $field }：未改动，{ $why }
field-out-of-bounds = 必须在 { NUMBER($least, useGrouping: 0) } 到 { NUMBER($most, useGrouping: 0) } 之间。
field-out-of-bounds-money = 每个周期最多 { $amount }。
rule-refused = { $why }没有任何改动。
rule-modal-everybody = 所有人的规则
rule-modal-role = 身份组 { $name } 的规则
rule-modal-member = { $name } 的规则
rule-modal-budget = 预算（人民币）
rule-modal-cooldown = 两次请求间隔（秒）
rule-modal-open = 留空即未设置，{ $instead }
not-a-member = { $member } 不在本服务器里。
role-is-everyone = 这个身份组就是所有人：请改用 /quota set-default。
clear-one-at-a-time = 请只填身份组或成员中的一个。
no-rule-to-clear = { $whom } 没有可以清除的规则。
clear-question = 要清除{ $whom }的规则吗？现在是：{ $rule }
button-clear = 清除
invalid-amount = “{ $typed }”不是金额。请写成 5 或 1.50 这样；1.50 即 { $amount }。
invalid-number = “{ $typed }”不是整数。请只写数字，如 10。
granted = 已赠送 { $member } 余额 { $amount }：之前 { $left }，现在 { $credit_left }。使用时计入服务器的总额度。
granted-pictures = 已赠送 { $member } 免费图片 { $images } 张，任何模型都可以用；现在还剩 { $free } 张。这些图片到周期结束（{ $resets_ms }）为止有效，使用时计入服务器的总额度。
reset-question = 要重置 { $member } 的本周期额度吗？已用的会还回来：{ $used }。余额和服务器的总额度不变，周期仍在 { $resets_ms } 结束。
button-reset = 重置
reset-done = { $member } 的本周期额度已重置，还回：{ $used }。余额和服务器的总额度不变。
refunded = { $member } 的 #{ NUMBER($number, useGrouping: 0) } 的费用已退回。
refunded-rest = { $member } 的 #{ NUMBER($number, useGrouping: 0) } 剩余的费用已退回：此前已退{ $earlier }。
refunded-free = { $free } 张免费图片退到原来的周期。
refunded-paid = { $paid } 退为余额：之前 { $left }，现在 { $credit_left }。
pool-without-limit = 本月服务器按标价用了 { $amount }；没有限额。{ $resets_ms } 重置。
pool-own = 本月服务器的总额度用了 { $amount }；按管理员设的限额还剩 { $left }。{ $resets_ms } 重置。
pool-operators = 本月服务器的总额度用了 { $amount }；按运营者给的上限还剩 { $left }。{ $resets_ms } 重置。
pool-worth = 按 { $model } 计算，本服务器的总额度每月大约能画 { $images } 张{ $members ->
        [0] 。
       *[other] ；{ $members } 位活跃成员{ $period ->
            [day] 一天
            [week] 一周
           *[month] 一个月
        }就能用完。
    }
pool-changed = 每月限额：{ $before } → **{ $after }**
no-limit = 没有限额
receipt-line-open = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · 进行中
receipt-line-nothing = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · 未扣额度
receipt-line-free = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · { $free } 张免费
receipt-line-paid = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $model } · { $images } 张，{ $source ->
        [credit] 余额
        [both] 预算和余额
       *[budget] 预算
    } { $paid }

command-balance-name = 余额
command-balance-description = 你还剩多少、各模型每张扣多少、用在了哪里
command-history-name = 历史
command-history-description = 你的任务，从新到旧
balance-heading = **你在本服务器的额度**
balance-limits = 每次最多 { $images } 张，同时最多 { $jobs } 个请求{ $seconds ->
        [0] {""}
       *[other] ，两次请求间隔 { NUMBER($seconds, useGrouping: 0) } 秒
    }。
balance-prices = **每张图片从预算中扣除**（免费张数以外）：
balance-price = { $model }：{ $price }
balance-price-varies = { $model }：{ $price }，视尺寸和选项而定
balance-receipts = **你最近的任务**
history-heading = **你的任务**，从新到旧
history-nothing = 你在这里还没有任务。试试 /imagine。
history-end = 没有更早的了。
history-line = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $status } · { $prompt }
history-removed = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $status }
history-open = #{ NUMBER($number, useGrouping: 0) } · { $at_ms } · { $status } · { $prompt } · { $link }
button-older = 更早的
button-newer = 更新的
history-there = { $line } · **{ $server }**
history-server-left = 我已不在的服务器
command-favourite-name = 收藏
command-gallery-name = 画廊
command-gallery-description = 你和大家收藏的图片
option-gallery-whose-name = 范围
option-gallery-whose-description = 看你自己的收藏，还是大家的（默认自己的）
option-gallery-member-name = 成员
option-gallery-member-description = 只看这位成员画的图片
option-gallery-order-name = 排序
option-gallery-order-description = 从新到旧，还是按收藏数
choice-gallery-mine = 我的收藏
choice-gallery-all = 大家的收藏
choice-gallery-newest = 从新到旧
choice-gallery-stars = 收藏最多的在前
button-star = ★ 收藏
star-added = ★ 已收藏。用 /gallery 查看全部收藏；再用一次就会取消。
star-taken = ☆ 已取消收藏。
star-gone = 这里没有（或不再有）可以收藏的图片：请在我交付图片的那条消息上使用。
star-private = 这张图片只给另一位成员看，只有本人可以收藏。
star-unseen = 这张图片所在的频道你看不到，所以不能收藏。
gallery-mine-newest = **你在本服务器的收藏**，从新到旧
gallery-mine-stars = **你在本服务器的收藏**，收藏最多的在前
gallery-all-newest = **大家喜欢的图片**，从新到旧
gallery-all-stars = **大家喜欢的图片**，收藏最多的在前
gallery-made-by = { $heading }，作者 { $member }
gallery-line = ★ { $stars } · #{ NUMBER($number, useGrouping: 0) } · { $member } · { $prompt }
gallery-open = ★ { $stars } · #{ NUMBER($number, useGrouping: 0) } · { $member } · { $prompt } · { $link }
gallery-nothing-mine = 你在这里还没有收藏。在我的消息上右键（手机上长按），选“APP”里的“收藏”，就能收藏图片。
gallery-nothing-all = 这里还没有你能看到的收藏。在我的消息上右键（手机上长按），选“APP”里的“收藏”，就能收藏图片。
gallery-end = 没有更多了。
gallery-others = 这是别人的列表；请用 /gallery 查看你自己的。
button-page-before = 上一页
button-page-after = 下一页
button-gallery-mine = 我的收藏
button-gallery-all = 大家的收藏
button-gallery-newest = 从新到旧
button-gallery-stars = 收藏最多的在前
gallery-post = ★ { $member } · #{ NUMBER($number, useGrouping: 0) }
gallery-asks = **“{ $server }”的成员很喜欢你的一张图片**：#{ NUMBER($number, useGrouping: 0) }，{ $link }。那里会把大家喜欢的图片展示在 { $channel }。以后你的公开图片被很多人收藏时，可以展示在那里吗？这个问题只问一次；随时可以在那个服务器用 /preferences 修改。
button-gallery-allow = 可以展示
button-gallery-forbid = 不要展示
gallery-allowed = 谢谢！以后你被很多人收藏的图片会展示在画廊频道。想改的话，在那个服务器用 /preferences。
gallery-not-allowed = 好的，你的图片不会展示在画廊频道。想改的话，在那个服务器用 /preferences。
history-others = 这是别人的列表；请用 /history 查看你自己的。

## Feed

log-closed = **我无法再在 { $server } 的 { $channel } 发消息**，版主在那里查看画了什么、拒绝了什么。请重新给我该频道的“查看频道”“发送消息”和“附加文件”权限，或用 /settings log-channel 另选频道。我会继续尝试；这段时间的内容之后不会补发。请求可用 /logs search 查到（被拒绝的选状态“开始之前在这里被拒绝”），暂停和申诉用 /mod case。
feed-heading = **#{ NUMBER($number, useGrouping: 0) }** · { $member } · { $status }
feed-status-delivered = 已送达
feed-status-undelivered = 已画好，但未能送达
feed-status-refused = 被图像服务拒绝
feed-status-failed = 失败
feed-status-removed = 已移除
feed-status-removing = 移除尚未完成
feed-status-out-of-reach = 已存图片已移除；成员的私密回复里仍有图片
feed-why-content = 图像服务认为提示词或图片含有不当内容。
feed-partial = { $asked } 张中缺 { $missing } 张：{ $reason }
feed-why-ip = 图像服务认为可能涉及他人权利，例如知名角色或品牌。
feed-why-parameter = 图像服务无法处理这个请求。
feed-why-input = 原图无法使用。
feed-why-timeout = 图像服务超时，已放弃。
feed-why-service = 图像服务自身出错。
feed-why-busy = 图像服务过于繁忙。
feed-why-doubt = 始终无法确定图像服务是否已开始。
feed-why-answer = 没有收到可用的回复，图片也无法再次取回；图像服务仍可能计费。
feed-why-forgotten = 图像服务已经没有这个任务的记录了。
feed-why-results = 图片已画好，但无法下载。
feed-why-lost = 图片已画好，但文件在发布之前丢失了。
feed-why-unknown = 图像服务结束了任务，没有给出图片。
feed-why-forbidden = Discord 不让我在那里发图片：我可能缺少权限。
feed-why-left = 我曾被移出本服务器。
feed-why-locked = 这个子区已关闭，我无权重新打开。
feed-why-closed = 该成员不接收我的私信。
feed-why-gone = 消息或频道已经不在了。
feed-why-large = Discord 认为图片太大。
feed-why-unreadable = 图片文件无法读取；运营者可以在日志里看到原因。
feed-why-other = 图片没能发出来。
feed-handed-in = 原图
feed-private-asked = 要求只给本人看。
feed-private = 私密发送：只有该成员能看到消息。
feed-broke-word = { $member } · { $at_ms }被拒绝：提示词含有本服务器规则不允许的词。没有画图。
feed-broke-pattern = { $member } · { $at_ms }被拒绝：提示词符合本服务器规则不允许的正则。没有画图。
feed-broke-rules = { $member } · { $count } 个提示词被拒绝（第一个 { $since_ms }，最近一个 { $at_ms }）：违反了本服务器的提示词规则。没有画图。
feed-broke-which = { $count ->
        [1] 违反的规则
       *[other] 最近违反的规则
    }：{ $rule }
feed-broke-wait = 该成员 { $until_ms } 可以再次提交。
button-feed-remove = 移除
button-feed-pause = 暂停该成员
button-feed-timeline = 查看时间线
age-restricted-only = 本服务器只允许在有年龄限制的频道里画图，而这个频道没有年龄限制。
command-settings-cards-name = 图片消息
command-settings-cards-description = 图片消息对所有人显示什么，以及谁可以点下面的按钮
option-settings-receipts-name = 显示明细
option-settings-receipts-description = 所有人都能看到用掉的额度和种子（默认只有提交者能看到）
option-settings-buttons-name = 开放按钮
option-settings-buttons-description = 任何人都可以点“再画一次”和“改一改”，用自己的额度（默认只有提交者可以）
settings-what-receipts = 图片用掉的额度和种子
settings-receipts-asker = 只告诉提交者
settings-receipts-all = 所有人可见
settings-what-buttons = 图片下方的“再画一次”和“改一改”
settings-buttons-asker = 只有提交者可以用
settings-buttons-all = 所有人都可以用，各用各的额度
command-settings-moderation-name = 管理
command-settings-moderation-description = 日志频道的预览、年龄限制频道，以及谁的图片可以修改
option-settings-previews-name = 预览图
option-settings-previews-description = 日志频道如何显示画好的图片
option-settings-age_restricted_only-name = 仅限年龄限制频道
option-settings-age_restricted_only-description = 只允许在有年龄限制的频道里画图
choice-previews-show = 直接显示
choice-previews-spoiler = 遮住，除非日志频道有年龄限制
choice-previews-none = 不显示
settings-what-previews = 日志频道里的图片
settings-what-age = 只能在有年龄限制的频道画图
settings-previews-show = 直接显示
settings-previews-spoiler = 遮住，点击后才显示，除非该频道有年龄限制
settings-previews-none = 不显示
option-settings-edit_others-name = 可修改他人图片
option-settings-edit_others-description = 允许修改其他成员的图片，本人不同意的除外（默认只能改自己的）
settings-what-editing = 其他成员的图片
settings-editing-off = 不可修改
settings-editing-consent = 可以修改，除非本人在 /preferences 里设为不允许

## 管理

command-mod-name = 版主
command-mod-description = 封禁成员、移除图片、设定提示词规则；每次操作都有编号
command-mod-block-name = 封禁
command-mod-block-description = 在一段时间内或永久禁止成员画图
command-mod-unblock-name = 解封
command-mod-unblock-description = 让成员可以再次画图
command-mod-blocked-name = 封禁名单
command-mod-blocked-description = 查看本服务器里谁被封禁、到何时、由谁操作，并可解封
command-mod-cases-name = 成员记录
command-mod-cases-description = 查看某位成员的全部处置记录及结果，从新到旧
command-mod-remove-name = 移除
command-mod-remove-description = 移除一个任务的图片；任务记录保留
command-mod-rules-name = 规则
command-mod-rules-description = 查看和修改提示词中不允许的词语和正则
command-mod-case-name = 处置记录
command-mod-case-description = 查看一个处置记录及其备注，或添加备注
option-mod-member-name = 成员
option-mod-member-description = 针对谁
option-mod-duration-name = 时长
option-mod-duration-description = 如 10m、2h、3d、1w；不填则为永久
option-mod-reason-name = 原因
option-mod-reason-description = 为什么；被封禁的成员会看到
option-mod-number-name = 编号
option-mod-number-description = 任务的编号，见任务消息
option-mod-case-name = 编号
option-mod-case-description = 处置记录的编号
option-mod-note-name = 备注
option-mod-note-description = 要添加的备注；之后谁也不能改动

invalid-duration = “{ $typed }”不是时长。请写成 10m、2h、3d 或 1w 这样；不填则为永久封禁。
invalid-duration-bounds = “{ $typed }”不行：封禁最短一分钟，最长 { $days } 天。不填时长则为永久封禁。
invalid-strikes = 请填 0 到 { $limit } 的整数；填 0 则不会暂停任何人。
block-yourself = 你不能封禁自己。
unblock-yourself = 你不能解除自己的封禁，其他版主可以。
blocked-longer = 这位成员已被封禁更长时间（处置记录 #{ NUMBER($number, useGrouping: 0) }），所以没有改动。要改结束时间，请用 /mod block。
block-bot = 机器人本来就不能画图，无需封禁。
block-admin = { $member } 是本服务器的管理员，不能被封禁。
block-moderator = { $member } 是版主，只有管理员可以封禁。
not-blocked = 这位成员没有被封禁。
no-such-case = 本服务器没有处置记录 #{ NUMBER($number, useGrouping: 0) }。
removed-already = #{ NUMBER($number, useGrouping: 0) } 的图片已经移除了。
cover-nothing = #{ NUMBER($number, useGrouping: 0) } 没有可以遮挡的图片：请等图片发布之后再试，或换一个任务。
covered-already = #{ NUMBER($number, useGrouping: 0) } 的图片已经遮挡了。
uncovered-already = #{ NUMBER($number, useGrouping: 0) } 的图片没有遮挡。
removed-refund-hint = 费用仍可退回：由管理员使用 /quota refund，编号填 { NUMBER($number, useGrouping: 0) }。
question-gone = 我已经不记得这个问题了，请重新使用命令。
prompt-rule-gone = 本服务器已经没有这条规则了。
appeal-not-yours = 你在这里不能画图并不是因为这个处置记录。
appeal-waits = 你 { $at_ms }对处置记录 #{ NUMBER($number, useGrouping: 0) } 提出了申诉，版主还没有决定。有结果后，如果可以，我会私信告诉你。
appeal-again = 版主 { $at_ms }驳回了你对处置记录 #{ NUMBER($number, useGrouping: 0) } 的申诉。{ $again_ms }可以再次申诉。
appeal-again-why = 版主 { $at_ms }驳回了你对处置记录 #{ NUMBER($number, useGrouping: 0) } 的申诉（原因：{ $reason }）。{ $again_ms }可以再次申诉。
appeal-no-reason = 请简单说明为什么驳回：会告诉该成员。
appeal-empty = 请简单说明为什么应该让你再次画图。
appeal-gone = 我找不到这个申诉。
appeal-own = 不能由本人决定自己的申诉。
appeal-other-block = 这位成员现在的封禁是处置记录 #{ NUMBER($number, useGrouping: 0) }，不是这次申诉的处置记录。请驳回申诉，或用 /mod unblock 解除封禁。
appeal-decided = 处置记录 #{ NUMBER($number, useGrouping: 0) } 的申诉已经有了决定；结果见 /mod case。

blocked = 你不能再在本服务器画图了（处置记录 #{ NUMBER($number, useGrouping: 0) }）。
blocked-until = 你现在不能在本服务器画图；{ $until_ms } 可以再画（处置记录 #{ NUMBER($number, useGrouping: 0) }）。
blocked-reason = 版主给出的原因：{ $reason }
blocked-strikes = 图像服务因内容拒绝了你的多个提示词。所有成员共用那里的一个账号，它可能因此被停用。
blocked-appeal = 如果你认为不对，请按按钮申诉：由版主决定。
button-appeal = 申诉
appeal-title = 申诉
appeal-label = 为什么应该让你再次画图？
appeal-placeholder = 本服务器的版主会看到。
appeal-taken = 你的申诉已经交给版主。如果可以，我会私信告诉你结果。

mod-blocked = { $member } 不能再画图了，永久有效。处置记录 #{ NUMBER($number, useGrouping: 0) }。
mod-blocked-until = { $member } 在 { $until_ms } 之前不能画图。处置记录 #{ NUMBER($number, useGrouping: 0) }。
mod-unblocked = { $member } 可以再次画图了。处置记录 #{ NUMBER($number, useGrouping: 0) }。
pause-question = { $member } 多长时间内不能画图？
button-pause-hour = 1 小时
button-pause-day = 1 天
button-pause-week = 1 周

button-cover = 遮挡
button-uncover = 取消遮挡
cover-done = #{ NUMBER($number, useGrouping: 0) } 的图片已遮挡，点击后才会显示。处置记录 #{ NUMBER($case, useGrouping: 0) }。
cover-undone = #{ NUMBER($number, useGrouping: 0) } 的图片已取消遮挡。处置记录 #{ NUMBER($case, useGrouping: 0) }。
cover-private = 那条消息只有成员本人看得到：如果已无法修改，就会保持原样。
removal-question = 要移除 { $member } 的 #{ NUMBER($number, useGrouping: 0) } 的图片吗？消息和保存的文件会被删除；任务记录保留。
removal-charge = 这个任务收了费，可以退回。
removal-charge-ask = 这个任务收了费，只有管理员可以退回：我可以替你向他们申请。
removal-charge-back = 费用此前已退回。
removal-charge-own = 这个任务收了费，而且不会退回：谁都不能退回自己任务的费用。
button-removal-take = 移除
button-removal-refund = 移除并退回费用
button-removal-ask = 移除并申请退费
button-give-back = 退回费用
button-removal-keep = 保留
removal-kept = 什么也没有移除。
removal-done = #{ NUMBER($number, useGrouping: 0) } 的图片已经移除。处置记录 #{ NUMBER($case, useGrouping: 0) }。
removal-open = #{ NUMBER($number, useGrouping: 0) } 的已存图片已删除。处置记录 #{ NUMBER($case, useGrouping: 0) }。
removal-asked = 已请本服务器的管理员退回费用。
refund-asked-notice = **{ $moderator } 申请退回费用**：{ $member } 的 #{ NUMBER($number, useGrouping: 0) }，图片已被移除。处置记录 #{ NUMBER($case, useGrouping: 0) }。
refund-given = **{ $member } 已退回费用。**
refund-unseen = { $server } 的一位版主移除了 #{ NUMBER($number, useGrouping: 0) } 的图片，并申请退回费用，但没有我能写入的日志频道。在那里用 /quota refund 编号 { NUMBER($number, useGrouping: 0) } 可以退回；/settings log-channel 可以设置频道。
removal-free-back = { $free } 张免费图片退到原来的周期。
removal-paid-back = { $paid } 退为余额。

prompt-rules-heading = **本服务器的提示词规则：{ $count } 条**
prompt-rules-none = 还没有规则。违反规则的提示词会在收费之前被拒绝。
prompt-rule-word = { NUMBER($id, useGrouping: 0) } · 词语：“{ $rule }”
prompt-rule-pattern = { NUMBER($id, useGrouping: 0) } · 正则：“{ $rule }”
prompt-rule-added = 已添加：{ $rule }
prompt-rule-removed = 已移除：{ $rule }
prompt-rules-choose = 移除一条规则
prompt-rules-strikes = 违规次数：24 小时内被图像服务拒绝 { $strikes } 个提示词的成员会被暂停一天。
prompt-rules-no-strikes = 违规次数：不会因为图像服务拒绝提示词而暂停任何人。
button-rule-word = 添加词语
button-rule-pattern = 添加正则
button-rule-strikes = 违规次数
button-rules-back = 上一页
button-rules-on = 下一页
rule-word-title = 添加词语
rule-word-label = 词语
rule-word-hint = 也能识别形近字母、重音、夹在字间的 · - * 等符号，以及单独写开的字（血 腥）；夹逗号、顿号、句号的识别不了。
rule-pattern-title = 添加正则
rule-pattern-label = 正则表达式
rule-pattern-hint = 用 RE2 的语法；不区分大小写。
strikes-title = 违规次数
strikes-label = 一天内被拒绝多少次即暂停
strikes-hint = 0 到 { $limit }；填 0 则不会暂停任何人。

case-heading = **处置记录 #{ NUMBER($number, useGrouping: 0) }：{ $what }** · { $at_ms }
case-block = 封禁了一位成员
case-pause = 暂停了一位成员
case-unblock = 解封了一位成员
case-remove = 移除了图片
case-removing = 移除图片（尚未完成）
case-removed-out-of-reach = 移除了已存的图片
case-cover = 遮挡了图片
case-uncover = 取消了图片的遮挡
case-rule-added = 添加了一条提示词规则
case-rule-removed = 移除了一条提示词规则
case-strikes-set = 修改了违规次数
case-member = 成员：{ $member }
case-by = 操作者：{ $member }
case-by-program = 操作者：程序（因违规次数）
case-until = 结束：{ $until_ms }
case-for-good = 永久有效
case-replaced = 已被处置记录 #{ NUMBER($number, useGrouping: 0) } 取代（{ $member }，{ $at_ms }）
case-lifted = 已由处置记录 #{ NUMBER($number, useGrouping: 0) } 解除（{ $member }，{ $at_ms }）
case-program = 程序
case-job = 任务：#{ NUMBER($number, useGrouping: 0) }
case-reason = 原因：{ $reason }
case-note = { $at_ms } · { $member }：{ $text }
case-appeal-open = 申诉，{ $at_ms }，待决定：{ $text }
case-appeal-accepted = 申诉，{ $at_ms }，{ $member } 已接受：{ $text }
case-appeal-rejected = 申诉，{ $at_ms }，{ $member } 已驳回：{ $text }
case-appeal-answer = 驳回原因：{ $text }
case-over = 已结束：{ $until_ms }
case-row = { $what } · { $at_ms } · 操作者：{ $by }
case-row-appeal-open = 申诉：{ $at_ms }提出，尚未决定
case-row-appeal-accepted = 申诉：{ $at_ms }由 { $member } 接受
case-row-appeal-rejected = 申诉：{ $at_ms }由 { $member } 驳回
cases-heading = **{ $member } 的处置记录** · 从新到旧
cases-none = 本服务器里没有。
blocked-heading = **本服务器的封禁名单** · 从新到旧
blocked-none = 没有人被封禁。
blocked-row = { $member } · { $until_ms } 到期 · 操作者：{ $by } · 处置记录 #{ NUMBER($number, useGrouping: 0) }
blocked-row-for-good = { $member } · 永久 · 操作者：{ $by } · 处置记录 #{ NUMBER($number, useGrouping: 0) }
button-unblock = 解封
button-case = 打开处置记录
case-more = 之前还有 { $count } 条备注
case-forgotten = 一位已清除数据的成员

appeal-notice = **{ $member } 申诉**处置记录 #{ NUMBER($number, useGrouping: 0) }（{ $what }，{ $at_ms }）
button-appeal-accept = 接受
button-appeal-reject = 驳回
rejection-title = 驳回申诉
rejection-label = 为什么驳回？
rejection-placeholder = 会告诉该成员；对方一周后可以再次申诉。
appeal-accepted-by = { $member } **已接受**：封禁解除。
appeal-rejected-by = { $member } **已驳回**：封禁不变。
appeal-unseen = { $server } 有人对处置记录 #{ NUMBER($number, useGrouping: 0) } 提出申诉，但没有我能写入的日志频道。在那里用 /mod case { NUMBER($number, useGrouping: 0) } 可以看到申诉；/settings log-channel 可以设置频道。
appeal-answer-accepted = { $server } 的版主接受了你的申诉（处置记录 #{ NUMBER($number, useGrouping: 0) }）。你可以在那里再次画图了。
appeal-answer-rejected = { $server } 的版主驳回了你的申诉（处置记录 #{ NUMBER($number, useGrouping: 0) }）。
appeal-answer-why = 原因：{ $reason }
member-paused-notice = **{ $member } 已被暂停**，到 { $until_ms } 为止。一天内图像服务因内容拒绝了其 { $strikes } 个提示词；我们在那里的账号可能因此被停用。处置记录 #{ NUMBER($number, useGrouping: 0) }；/mod unblock 可以让其再次画图。

## 我的消息上的“应用”菜单

command-report-name = 举报
command-who-made-name = 谁画的
command-cover-name = 遮挡图片
message-not-mine = 这条消息不是我发的：请在我发的带图片的消息上使用。
message-no-job = 我不知道这条消息对应哪些图片（或者已经查不到了）：请在带图片的那条消息上使用。
report-taken = 谢谢。已转告本服务器的版主，由他们决定如何处理。
report-own = #{ NUMBER($number, useGrouping: 0) } 是你自己的：可以用它的按钮删除，或使用 /job number:{ NUMBER($number, useGrouping: 0) }。
report-nothing = #{ NUMBER($number, useGrouping: 0) } 没有别人能看到的图片，无需举报。
report-nowhere = 无法转告：本服务器没有设置日志频道。请直接联系版主。
reported-already = 你已经举报过 #{ NUMBER($number, useGrouping: 0) }，版主已经知道了。
reported-too-often = 你一小时内已举报 { $limit } 次，达到上限。{ $again_ms } 可以再次举报；如果紧急，请直接联系版主。
picture-reported-notice = **{ $member } 举报了 #{ NUMBER($number, useGrouping: 0) } 的图片**（提交者：{ $owner }）· { $at_ms }{ $count ->
        [1] {""}
       *[other] {" "}· 共有 { $count } 位成员举报
    }
report-unseen = { $server } 有人举报了 #{ NUMBER($number, useGrouping: 0) } 的图片，但没有我能写入的日志频道。在那里用 /logs job { NUMBER($number, useGrouping: 0) } 可以查看；/settings log-channel 可以设置频道。
made-by = #{ NUMBER($number, useGrouping: 0) } 由 { $member } 提交，{ $at_ms }。
made-by-forgotten = #{ NUMBER($number, useGrouping: 0) } 由一位已清除数据的成员提交，{ $at_ms }。
made-by-private = 这些图片是私密的，只有版主和提交者本人能查看是谁提交的。

## 参考图

reference-added = 已为你在本服务器保存参考图“{ $name }”，共 { $pictures } 张。修图（/edit）时在“参考图”选项中选择即可使用。
reference-added-shared = 已为本服务器所有人保存参考图“{ $name }”，共 { $pictures } 张。修图（/edit）时在“参考图”选项中选择即可使用。
reference-added-notice = { $member } 在这里保存了一组参考图（{ $pictures } 张，{ $added_ms }）。用 /reference show 的“成员”选项可以查看。
reference-shared-notice = { $member } 向本服务器共享了一组参考图（{ $pictures } 张，{ $added_ms }）。用 /reference show 可以查看。
reference-removed = 参考图“{ $name }”已删除。用它生成的图片不受影响。
reference-none = 你在这里没有保存参考图，本服务器也没有共享的。可用 /reference add 添加。
reference-none-of = { $member } 在这里没有保存参考图。
reference-list-own = **你在本服务器的参考图**（{ $count }/{ $limit }）
reference-list-shared = **本服务器共享的参考图**（{ $count }/{ $limit }）
reference-list-of = **{ $member } 在这里的参考图**
reference-line = “{ $name }” · { $pictures } 张
reference-line-shared = “{ $name }” · { $pictures } 张 · 由 { $member } 添加
reference-picture = “{ $name }”的第 { $place } 张图片

## 隐私

command-privacy-name = 隐私
command-privacy-description = 关于你的数据：可以导出，也可以清除
command-privacy-export-name = 导出
command-privacy-export-description = 把关于你的所有数据和你的图片打包给你
option-part-name = 部分
option-part-description = 一次传不完时，要第几部分（默认第 1 部分）
command-privacy-forget-name = 遗忘
command-privacy-forget-description = 永久清除你的提示词、图片和链接；清除前会先询问
export-ready = 这是保存着的关于你的全部数据：第 { $part } 部分，共 { $parts } 部分；保留的图片总共 { $pictures } 张。这条消息只有你能看到。
export-next = 下一部分：/privacy export，部分填 { $part }。
export-too-large = 有 { $pictures } 个文件太大，这里传不了，没有放进去；用 /job 可以看到压缩后的图片。
no-such-part = 总共只有 { $parts } 部分，从 1 开始编号。
forget-question = **要清除关于你的数据吗？**
forget-goes = 会永久清除：{ $what }。{ $messages ->
        [0] {""}
       *[other] Discord 允许的话，我还会删除我发的带有你图片的消息（{ $messages } 条）。
    }
forget-goes-jobs = { $jobs } 个请求的提示词及图像服务改写的内容
forget-goes-pictures = { $pictures } 张保留的图片
forget-goes-references = 你保存的 { $sets } 组参考图，包括你共享给服务器的
forget-goes-links = 所有消息链接
forget-goes-account = “这个账号编号是你”这一对应关系
forget-comma = {"、"}
forget-stays = 会留下：什么时候扣了多少额度，只记在账号编号下，这样总账不会错；以及管理处理的记录和理由。如果你回来，本周期已用的额度仍然计算，直到周期结束。
forget-credit = 你会失去余额 { $amount }。
forget-rules = 管理员专为你设的限制：更严的会保留，直到管理员清除；其余删除。
forget-blocks = 你在某个服务器里被封禁：清除后仍然有效，直到到期或被解除。
forget-preference = 你不允许别人修改你的图片：清除后仍然有效，直到你用 /preferences 改回来。
forget-appeals = 你的申诉仍会处理，但我无法再告诉你结果；处理后申诉的文字会被清除。
forget-for-good = 清除后无法恢复。想先留一份，请用 /privacy export。
forget-under-way = 什么都没有清除：你有 { $jobs } 个请求还在进行（{ $numbers }）。请等它们结束，或用 /cancel 取消后再试。
forget-nothing = 没有保存任何关于你的数据。
forget-nothing-but = 除了清除之后仍须保留的内容，没有保存任何关于你的数据。保留的有：{ $what }。只有用运营者的密钥才能与你对应。
forget-kept = 什么都没有清除。
forgotten = { $what ->
        [none] 已清除。
       *[other] 已清除 { $what }。
    }我已经不知道你是谁了。
forgotten-jobs = { $jobs } 个请求
forgotten-and = { $jobs }和 { $pictures }
forgotten-messages = 正在删除我发的 { $messages } 条带有你图片的消息，大约每秒一条。Discord 不让我删的，可以请版主删除。
forgotten-retained = 以下内容会保留：{ $what }。只有用运营者的密钥才能与你对应。
outlasts-block = 封禁（{ $until_ms } 到期）
outlasts-block-for-good = 封禁，直到版主解除
outlasts-strike = 违规记录（{ $until_ms } 全部失效）
outlasts-rule = 管理员设的限制，直到管理员清除
outlasts-used = 本周期已用的额度（{ $until_ms } 重置）
outlasts-request = 两次请求之间的等待（{ $until_ms } 结束）
outlasts-refused = 被拒绝的提示词的记录（{ $until_ms } 失效）
outlasts-preference = 不允许别人修改你的图片，直到你用 /preferences 改回来
button-forget = 全部清除
button-keep-everything = 全部保留
privacy-others = 这是别人的按钮。你自己的请用 /privacy forget。
command-help-name = 帮助
command-help-description = 看看你在这里能用我做什么
command-about-name = 关于
command-about-description = 我是什么、由谁运营、图片从哪来、保存什么
help-members = **你可以做什么**
help-moderators = **版主可以做什么**
help-admins = **管理员可以做什么**
help-line = { $command } · { $what }
help-apps = 在带图片的消息上右键（手机上长按），选“APP”，里面有“修改图片”和“收藏”。命令里没填的选项，按你的 /preferences 来。
help-direct = 私信里能用的就是这些。到服务器里用 /help 可以看到其他的。
help-logs = 在日志频道的每条记录下面，也可以移除图片、暂停成员、查看任务的完整经过。
help-first = 先看 /settings show：那里写着现在的设置和由谁设定。谁算管理员，由 /settings roles 决定。
help-others = 这是别人的页面；请用 /help 打开你自己的。
button-help-members = 成员
button-help-moderators = 版主
button-help-admins = 管理员
about = **我能按文字画图，也能按你说的改图。**版本 { $version }。用 /help 看看你可以做什么。
about-operator = 运营者：{ $name }
about-contact = 联系方式：{ $contact }
about-pictures = **图片**由 AI 生成，使用阿里云的模型（万相和通义千问）；每条带图片的消息都会注明。
about-privacy = **隐私**：你写的文字和上传的图片会发给图像服务，但不带你的名字；我会连同画好的图片一起保存，只有你和本服务器的版主能看，图片保存 { $days } 天。/privacy export 可以导出我保存的所有关于你的数据，/privacy forget 可以全部清除。
command-preferences-name = 偏好
command-preferences-description = 查看和修改你的个人设置
option-preferences-others_may_edit-name = 允许他人修改
option-preferences-others_may_edit-description = 在服务器允许的前提下，别人能否修改你的图片（默认可以）
option-preferences-reset-name = 恢复默认
option-preferences-reset-description = 全部恢复默认设置
preferences-heading-here = **你在本服务器的偏好**
preferences-heading = **你的偏好**（对所有服务器有效）
preferences-here-means = -# 用 /imagine 时没有选的，就按这里来。暂时用不了的、额度不够的会自动略过；要花钱时仍会先问你。
preferences-no-model = 本服务器目前没有可以用文字画图的模型。
preferences-what-model = 模型
preferences-what-size = 尺寸
preferences-what-count = 每次张数
preferences-what-enhance = 提示词
preferences-what-private = 谁能看到图片
preferences-what-told = 画好后怎么提醒
preferences-what-shown = 你被很多人收藏的公开图片可以展示在画廊频道
preferences-what-language = 我对你用的语言
preferences-gone = { $value }（这里暂时用不了，改用 { $other }）
preferences-size-default = 跟随模型：{ $size }
preferences-size-gone = { $value }（{ $model } 画不了，按它的默认尺寸）
preferences-seen-alone = 只有你和版主
preferences-seen-by-all = 频道里的所有人
preferences-told-late = { $seconds ->
        [0] 在频道里提醒
       *[other] 超过 { NUMBER($seconds, useGrouping: 0) } 秒时在频道里提醒
    }
preferences-told-not = 不提醒
preferences-told-ping = 每次都在频道里提醒
preferences-told-direct = 每次都发私信
preferences-language-client = 跟随你的 Discord
preferences-chosen = { $what }：{ $value }
button-preferences-reset = 恢复默认
preferences-others = 这是别人的偏好设置；查看你自己的请用 /preferences。
preferences-what-editing = 别人可以修改你的图片
preferences-from-you = （你的设置）
preferences-editing-means = -# 包括你发的图片和我为你画的图片；只有管理员放开的服务器才会生效，私密图片除外。每次有人修改，我都会私信告诉你（如果你接收我的私信）。
preferences-hint = 在下面的菜单里选择即可修改。“恢复默认”会把全部设置改回来，包括对所有服务器有效的。
preferences-hint-direct = 在下面的菜单里选择即可修改。只对某个服务器有效的偏好，请到那个服务器里用 /preferences 查看。

## Logs

command-logs-name = 日志
command-logs-description = 本服务器里有人要求画过什么，结果如何
command-logs-search-name = 搜索
command-logs-search-description = 按成员、结果、模型、词语和时间查找请求，从新到旧
command-logs-job-name = 任务
command-logs-job-description = 一个任务的全部经过：谁、何时、用什么提示词、扣了多少、发生了什么
command-logs-export-name = 导出
command-logs-export-description = 把搜索结果存成文件带走
option-logs-member-name = 成员
option-logs-member-description = 谁的请求
option-logs-status-name = 状态
option-logs-status-description = 结果如何
option-logs-model-name = 模型
option-logs-model-description = 用哪个模型画的
option-logs-text-name = 文字
option-logs-text-description = 提示词里必须全部出现的词语
option-logs-since-name = 起始
option-logs-since-description = 从何时起：昨天、2026-11-23、2026-11-23 14:00，或 3d（3 天前）、12h（12 小时前）
option-logs-until-name = 截止
option-logs-until-description = 到何时止：现在、昨天（含当天）、2026-11-23、2026-11-23 14:00，或 3d、12h（之前）
option-logs-number-name = 编号
option-logs-number-description = 任务编号，例如 #812
option-logs-format-name = 格式
option-logs-format-description = CSV 用于电子表格（默认），JSON Lines 用于程序
choice-format-csv = CSV
choice-format-jsonl = JSON Lines
log-under-way = 进行中
log-delivered = 已送达
log-undelivered = 已画好但未送达
log-failed = 失败
log-refused = 被图像服务拒绝
log-canceled = 已取消
log-expired = 等待超时
log-left = 已退回：我曾被移出本服务器
log-void = 未能送到 Discord
log-refused-here = 开始之前在这里被拒绝
log-removed = { $status }，后被移除
log-removing = { $status }，移除尚未完成
log-heading = **日志** · { $what } · 从新到旧
log-everything = 全部已开始的请求
log-words = 含“{ $words }”
log-since = { $at } 起
log-until = { $at } 止
log-one-member = 某位成员
log-nothing = 没有找到。
log-end = 没有更早的了。
log-row-open = [打开]({ $link })
log-row-private = 私密，因此没有链接
log-no-prompt = 没有提示词：已被删除
log-charged = { $images } 张，{ $paid }
log-charged-free = 免费图片 { $free } 张
log-charged-nothing = 没有扣费
log-forgotten = 一位已清除数据的成员（账号 { NUMBER($account, useGrouping: 0) }）
log-why-quota = 超出成员的额度
log-why-pool = 超出服务器的总额度
log-why-cap = 超出运营者的上限
log-why-rule = 超出成员规则的限制
log-why-busy = 模型已停用或队列已满
log-why-account = 图像服务不接受本机器人的请求
log-why-word = 含有本服务器规则不允许的词
log-why-pattern = 符合本服务器规则不允许的正则
log-why-service = 图像服务因提示词的内容拒绝改写
log-why-too-often = 短时间内被拒绝的提示词太多
log-why-blocked = 成员被封禁或暂停
log-why-consent = 是其他成员的图片，不允许修改
log-why-waited = 排队时间过长，已退出队列。
log-why-stopped = 这个模型停用太久，已退出队列。
log-why-refusing = 图像服务太久不接受本机器人的请求，已退出队列。
log-why-left = 排队期间我被移出了本服务器，已退出队列。
log-why-other = 其他原因（{ $reason }）
button-newest = 最新的
log-title = #{ NUMBER($number, useGrouping: 0) } · { $status }
log-place = 在 { $channel }
log-place-private = 在 { $channel }，只有成员自己看得到
log-request = { $images } 张 · { $model } · { $size } · 种子 { NUMBER($seed, useGrouping: 0) }
log-request-series = 组图，最多 { $images } 张 · { $model } · { $size } · 种子 { NUMBER($seed, useGrouping: 0) }
log-code = （{ $code }）
log-typed = 成员写的提示词
log-prompt = 发送的提示词
log-negative = 反向提示词
log-rewritten = 模型改写后的提示词
log-timeline = 经过
log-events-left-out = ……另有 { $count } 条在文件里……
log-task = 任务 { $id }
log-request-id = 请求 { $id }
log-because = { $what }：{ $why }
log-by = { $what }（{ $who }）
log-operator = 运营者
act-held = 提出请求，额度已预留
act-queued = 排队
act-submitting = 正在提交给图像服务
act-in-doubt = 图像服务没有明确答复
act-pending = 图像服务已接受
act-running = 正在绘制
act-fetching = 已画好，正在下载
act-delivering = 已扣费，正在发布
act-delivering-again = 正在重新发布
act-delivered = 已发布
act-undelivered = 未能发布
act-failed = 没有画成就结束了
act-canceled = 已取消
act-expired = 等待太久，已放弃
act-void = 已退还：Discord 一直没有显示我们的回复
act-cancel-wished = 要求取消
act-send-again = 要求重新发送
act-removal-begun = 开始移除
act-removal-open = 已在本地移除，Discord 上尚未撤下
act-removal-out-of-reach = 已在本地移除，私密回复无法触及
act-removed = 图片已移除
act-pictures-lost = 图片丢失，已退还
act-doubt-resolved = 疑问已解决
act-refund = 已退还扣费
act-mod-remove = 决定移除
act-reported = 图片被举报
act-mod-cover = 图片已遮挡
act-mod-uncover = 图片已取消遮挡
act-mod-pause = 成员被暂停
log-no-such-job = 本服务器没有这个任务。
log-search-gone = 这个列表太旧了，或者是别人的。请用 /logs search 重新搜索。
log-no-moment = 我不认识“{ $typed }”这个时间。请给出日期（如“昨天”或 { $example }）、时间（如 { $example } 14:00）、多久以前（如 12h、3d、2w），或“现在”。时间以本服务器的时区为准。
log-no-time-between = “截止”必须晚于“起始”。
log-words-too-short = “{ $text }”太短，无法查找。请至少给出两个相连的字母；中文、日文和韩文一个字就够。
log-refused-has-no-prompt = 开始之前就被拒绝的请求，我不保存提示词，所以不能按词语查找。请去掉“文字”，或选择别的状态。
log-exported = { $rows } 行，找到的全部都在里面。
log-exported-part = 文件已达到 Discord 的大小上限，里面是最新的 { $rows } 行。要更早的，请再次导出，截止填：{ $until }
table-number = 编号
table-asked = 时间
table-account = 账号
table-status = 状态
table-failure = 代码
table-size = 尺寸
table-requested = 要求张数
table-seed = 种子
table-private = 私密
table-removed = 移除时间
table-link = 链接
table-picture-of = 图片的主人
table-task = 任务
table-typed = 成员写的提示词
table-prompt = 提示词
table-negative = 反向提示词
table-rewritten = 改写后的提示词
table-reason = 原因

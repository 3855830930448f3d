//! Characters that look alike, for slips of the eye: handwriting input, screenshots read by a machine, copied by hand.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

/// Groups of characters that are often taken for each other; each stands for every other of its group. Our own list, by
/// the components that the characters share.
const ALIKE: &[&str] = &[
    "未末味妹",
    "己已巳",
    "账帐胀",
    "户护沪庐",
    "钓钩约均",
    "密蜜",
    "码玛妈吗",
    "贷货贺资",
    "银很根跟",
    "付什村",
    "转传砖专",
    "提堤题",
    "现观规视",
    "金全",
    "余徐途涂",
    "额颜",
    "充允先",
    "值植直殖",
    "登瞪凳",
    "录绿禄",
    "锁琐销消",
    "证征怔",
    "验检险脸捡俭签",
    "支枝技枚",
    "宝室",
    "手毛",
    "续绩读渎",
    "商啇",
    "店占站",
    "缓援暖",
    "存在",
    "清请情晴精",
    "网冈风凤",
    "络洛格略",
    "连莲链",
    "接按安",
    "服报",
    "维唯堆难",
    "系糸",
    "统流",
    "更便",
    "机杌饥",
    "型刑形",
    "容客",
    "盗资",
    "键链健",
    "假暇",
    "短矩",
    "诈作昨",
    "骗偏编篇遍",
    "线钱浅残",
    "到倒",
    "入人八",
    "天夫无元",
    "大太犬",
    "日曰目",
    "土士",
    "干千于",
    "刀力",
    "王玉主",
    "问间闷闭",
    "今令",
    "午牛",
    "木本",
    "休体",
    "白百自",
    "住往柱注",
    "拨拔",
    "折拆析",
    "候侯",
    "坏环怀",
    "辨辩辫",
    "特持待",
    "找我",
    "没设",
    "错借措",
    "误语",
    "捉提",
    "异导",
    "常带",
    "试式拭",
    "中申由甲",
    "取职",
    "收牧",
    "款歉",
    "汇江",
    "卡下上",
    "绑邦",
    "注册删",
    "删册",
    "退推",
    "购构沟",
    "单草",
    "限很",
    "输轮",
    "复夏",
    "冻东栋",
    "结洁",
    "升井",
    "级极圾",
    "活话",
    "动劝",
    "机朵",
    "查杳",
    "核该",
    "对付",
    "操澡躁",
    "处外",
];

static SIMILAR: LazyLock<FxHashMap<char, Vec<char>>> = LazyLock::new(|| {
    let mut similar: FxHashMap<char, Vec<char>> = FxHashMap::default();
    for group in ALIKE {
        for c in group.chars() {
            let others = similar.entry(c).or_default();
            for other in group.chars().filter(|o| *o != c) {
                if !others.contains(&other) {
                    others.push(other);
                }
            }
        }
    }
    similar
});

/// Returns the characters that look like one.
#[must_use]
pub fn similar(c: char) -> &'static [char] {
    SIMILAR.get(&c).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_alike_goes_both_ways() {
        assert!(similar('钓').contains(&'钩') && similar('钩').contains(&'钓'));
        for (c, others) in SIMILAR.iter() {
            assert!(!others.contains(c) && others.iter().all(|o| similar(*o).contains(c)), "{c}");
        }
    }
}

//! Every sentence of the interface, in both languages.
//!
//! One struct and a constant for each language: a sentence that lacks a language does not compile. Sentences that hold a number or a
//! name are functions, because languages put them in different places.

mod en;
mod zh;

use jiff::civil::Date;

use crate::base::Locale;

use en::EN;
use zh::ZH;

/// The interface's sentences in one language.
#[derive(Debug)]
pub(crate) struct UiText {
    pub(crate) help_centre: &'static str,
    pub(crate) skip: &'static str,
    pub(crate) language: &'static str,
    pub(crate) breadcrumbs: &'static str,

    pub(crate) home_heading: &'static str,
    pub(crate) search: &'static str,
    pub(crate) search_label: &'static str,
    pub(crate) search_placeholder: &'static str,
    pub(crate) search_hint: &'static str,
    pub(crate) examples: &'static str,
    pub(crate) suggestions: &'static str,
    pub(crate) popular: &'static str,
    pub(crate) categories: &'static str,
    pub(crate) all_categories: &'static str,
    pub(crate) other_categories: &'static str,
    pub(crate) article_count: fn(usize) -> String,

    pub(crate) chat: &'static str,
    pub(crate) chat_hint: &'static str,
    pub(crate) chat_heading: &'static str,
    pub(crate) chat_invitation: &'static str,
    pub(crate) chat_open: &'static str,
    pub(crate) chat_greeting: &'static str,
    pub(crate) chat_starters: &'static str,
    pub(crate) chat_label: &'static str,
    pub(crate) chat_placeholder: &'static str,
    pub(crate) chat_send: &'static str,
    pub(crate) chat_log: &'static str,
    pub(crate) chat_new: &'static str,
    pub(crate) chat_shortened: &'static str,
    pub(crate) chat_waiting: &'static str,
    pub(crate) chat_failed: &'static str,
    pub(crate) chat_offline: &'static str,
    pub(crate) chat_closed: &'static str,
    pub(crate) chat_closed_advice: &'static str,
    pub(crate) retry: &'static str,
    pub(crate) you: &'static str,
    pub(crate) assistant: &'static str,
    pub(crate) read_more: &'static str,
    pub(crate) which_one: &'static str,
    pub(crate) near_misses: &'static str,
    pub(crate) quick_replies: &'static str,
    pub(crate) urgent: &'static str,
    pub(crate) handoff: &'static str,
    pub(crate) contact_title: &'static str,
    pub(crate) contact_hint: &'static str,
    pub(crate) contact_label: &'static str,
    pub(crate) contact_note: &'static str,
    pub(crate) contact_send: &'static str,
    pub(crate) contact_missing: &'static str,
    pub(crate) contact_expired: &'static str,
    pub(crate) contact_unavailable: &'static str,
    pub(crate) contact_done: &'static str,
    pub(crate) contact_ticket: &'static str,
    pub(crate) say_something: &'static str,
    pub(crate) message_too_long: fn(usize) -> String,

    pub(crate) untranslated: &'static str,
    pub(crate) updated: &'static str,
    pub(crate) date: fn(Date) -> String,
    pub(crate) codes: &'static str,
    pub(crate) contents: &'static str,
    pub(crate) related: &'static str,
    pub(crate) stuck: &'static str,
    pub(crate) stuck_advice: &'static str,
    pub(crate) support: &'static str,

    pub(crate) error_code: &'static str,
    pub(crate) also_written: &'static str,
    pub(crate) on_screen: &'static str,
    pub(crate) outcome_failed: &'static str,
    pub(crate) outcome_failed_advice: &'static str,
    pub(crate) outcome_unknown: &'static str,
    pub(crate) outcome_unknown_advice: &'static str,
    pub(crate) outcome_succeeded: &'static str,
    pub(crate) outcome_succeeded_advice: &'static str,
    pub(crate) answered_by: &'static str,
    pub(crate) open_article: &'static str,

    pub(crate) results_title: fn(&str) -> String,
    pub(crate) result_count: fn(usize) -> String,
    pub(crate) corrected: &'static str,
    pub(crate) search_exactly: fn(&str) -> String,
    pub(crate) filter: &'static str,
    pub(crate) pages: &'static str,
    pub(crate) page_of: fn(usize, usize) -> String,
    pub(crate) previous: &'static str,
    pub(crate) next: &'static str,
    pub(crate) nothing_found: fn(&str) -> String,
    pub(crate) nothing_found_advice: &'static str,
    pub(crate) ask_chat: &'static str,

    pub(crate) not_found: &'static str,
    pub(crate) not_found_advice: &'static str,
    pub(crate) unknown_code: fn(&str) -> String,
    pub(crate) unknown_code_advice: &'static str,
    pub(crate) bad_request: &'static str,
    pub(crate) bad_request_advice: &'static str,
    pub(crate) too_long: &'static str,
    pub(crate) too_long_advice: &'static str,
    pub(crate) too_large: &'static str,
    pub(crate) too_large_advice: &'static str,
    pub(crate) too_many: &'static str,
    pub(crate) too_many_advice: &'static str,
    pub(crate) busy: &'static str,
    pub(crate) busy_advice: &'static str,
    pub(crate) internal: &'static str,
    pub(crate) internal_advice: &'static str,
    pub(crate) request_id: &'static str,
    pub(crate) go_home: &'static str,

    pub(crate) feed: &'static str,
    pub(crate) theme: &'static str,
    pub(crate) theme_system: &'static str,
    pub(crate) theme_light: &'static str,
    pub(crate) theme_dark: &'static str,
    pub(crate) incident_notice: &'static str,
    pub(crate) incident_degraded: &'static str,
    pub(crate) incident_outage: &'static str,
    pub(crate) incident_more: &'static str,
    pub(crate) safety: &'static str,
    pub(crate) share: &'static str,
    pub(crate) print: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) copy_code: &'static str,
    pub(crate) copy_link_to: &'static str,
    pub(crate) was_it_helpful: &'static str,
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
    pub(crate) feedback_comment: &'static str,
    pub(crate) feedback_hint: &'static str,
    pub(crate) feedback_thanks: &'static str,
    pub(crate) feedback_failed: &'static str,
    pub(crate) all_codes: &'static str,
    pub(crate) all_codes_lead: &'static str,
    pub(crate) look_up: &'static str,
    pub(crate) no_codes: &'static str,
    pub(crate) contacts: &'static str,
    pub(crate) is_it_really: fn(&str) -> String,
    pub(crate) contacts_lead: &'static str,
    pub(crate) contacts_none: &'static str,
    pub(crate) check: &'static str,
    pub(crate) check_label: &'static str,
    pub(crate) check_hint: &'static str,
    pub(crate) check_empty: &'static str,
    pub(crate) check_result: &'static str,
    pub(crate) check_nothing: &'static str,
    pub(crate) on_the_list: &'static str,
    pub(crate) verdict_imitation: &'static str,
    pub(crate) verdict_imitation_advice: &'static str,
    pub(crate) verdict_not_listed: &'static str,
    pub(crate) verdict_not_listed_advice: &'static str,
    pub(crate) verdict_unclear: &'static str,
    pub(crate) verdict_unclear_advice: &'static str,
    pub(crate) verdict_undeclared: &'static str,
    pub(crate) verdict_undeclared_advice: &'static str,
    pub(crate) verdict_listed: &'static str,
    pub(crate) verdict_listed_advice: &'static str,
    pub(crate) kind_website: &'static str,
    pub(crate) kind_email: &'static str,
    pub(crate) kind_phone: &'static str,
    pub(crate) kind_handle: &'static str,
    pub(crate) kind_place: &'static str,
}

impl UiText {
    /// Returns the sentences for a reader: Chinese for every `zh`, else English.
    pub(crate) fn of(locale: &Locale) -> &'static UiText {
        if locale.is_chinese() { Self::chinese() } else { Self::english() }
    }

    /// Returns the sentences in Chinese.
    pub(crate) fn chinese() -> &'static UiText {
        &ZH
    }

    /// Returns the sentences in English.
    pub(crate) fn english() -> &'static UiText {
        &EN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_chinese_to_every_chinese_reader_and_english_to_the_rest() {
        let text = |t: &str| UiText::of(&t.parse().unwrap()).search;
        assert_eq!([text("zh-CN"), text("zh-TW"), text("en"), text("fr")], ["搜索", "搜索", "Search", "Search"]);
    }

    #[test]
    fn counts_and_dates_read_well() {
        assert_eq!([(EN.article_count)(1), (EN.article_count)(0)], ["1 article", "0 articles"]);
        let day = jiff::civil::date(2026, 11, 3);
        assert_eq!([(EN.date)(day), (ZH.date)(day)], ["3 November 2026", "2026 年 11 月 3 日"]);
    }
}

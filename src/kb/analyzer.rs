//! The bridge between our tokenizer and tantivy's.

use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

use crate::text::{Term, terms};

/// The name under which every text field of the index finds the tokenizer.
pub(crate) const NAME: &str = "zhida";

/// Raised when the terms of some text become others: indexes on disk are then built anew.
pub(crate) const VERSION: u32 = 2;

/// Cuts a field's text into the terms of [`crate::text::terms`].
#[derive(Debug, Clone, Default)]
pub(crate) struct Analyzer;

/// The terms of one text, handed out one by one.
#[derive(Debug)]
pub(crate) struct Terms {
    terms: std::vec::IntoIter<Term>,
    token: Token,
}

impl Tokenizer for Analyzer {
    type TokenStream<'a> = Terms;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms {
        Terms { terms: terms(text).into_iter(), token: Token::default() }
    }
}

impl TokenStream for Terms {
    fn advance(&mut self) -> bool {
        let Some(term) = self.terms.next() else { return false };
        self.token.offset_from = term.start as usize;
        self.token.offset_to = term.end as usize;
        self.token.position = term.position as usize;
        self.token.text = term.text;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

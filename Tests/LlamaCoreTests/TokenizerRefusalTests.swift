import Foundation
import LlamaCore
import Testing

/// Broken, hostile and unsupported files: one line that names the place, never a trap.
@Suite struct TokenizerRefusalTests {
  /// A tokenizer of three tokens with these sections, and these members of the model beside the usual ones.
  private func load(sections: String = "", model: String = "", vocab: String? = nil, merges: String? = nil)
    throws -> Tokenizer
  {
    let json = """
      {"version": "1.0"\(sections.isEmpty ? "" : ", " + sections), "model": {"type": "BPE"\
      \(model.isEmpty ? "" : ", " + model), "vocab": \(vocab ?? #"{"a": 0, "b": 1, "ab": 2}"#),
      "merges": \(merges ?? #"["a b"]"#)}}
      """
    return try Tokenizer(json: Array(json.utf8), name: "t.json")
  }

  private func expect(_ message: String, _ load: () throws -> Tokenizer) {
    let error = #expect(throws: TokenizerError.self) { try load() }
    #expect(error?.description == "t.json: " + message)
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `the smallest file works`() throws {
    #expect(try load().encode("abba") == [2, 1, 0])
    #expect(try load(merges: #"[["a", "b"]]"#).encode("ab") == [2])
    #expect(try load(merges: ##"["#version: 0.2", "a b"]"##).encode("ab") == [2])
    #expect(try load(merges: "[]").encode("ab") == [0, 1])
    #expect(try load(vocab: "{}", merges: "[]").encode("ab\0") == [])
    #expect(try load().encode("") == [])
  }

  @Test(arguments: [
    (#"["a c"]"#, #"model.merges[0]: expected tokens of the vocabulary, found "c""#),
    (#"["a b", "b a"]"#, #"model.merges[1]: expected tokens of the vocabulary, found "ba""#),
    (#"[["a", "b", "c"]]"#, "model.merges[0]: expected two tokens, found more"),
    (#"[["a"]]"#, "model.merges[0]: expected two tokens, found 1"),
    (#"["ab"]"#, #"model.merges[0]: expected two tokens with one space between, found "ab""#),
    (#"["a b "]"#, #"model.merges[0]: expected two tokens with one space between, found "a b ""#),
    (#"[["", "a"]]"#, #"model.merges[0]: expected tokens of the vocabulary, found """#),
    (#"{"a": "b"}"#, "model.merges: expected an array, found an object"),
    ("null", "model.merges: expected an array, found null"),
    (#"["a\nc b"]"#, #"model.merges[0]: expected tokens of the vocabulary, found "a\nc""#),
    ("[1]", "line 2, column 12: expected a string, found '1'"),
    (#"["\ud800 b"]"#, "line 2, column 13: lone surrogate in a \\u escape"),
  ])
  func `broken merges are refused`(merges: String, message: String) { expect(message) { try load(merges: merges) } }

  @Test(arguments: [
    (#"{"a": 0, "b": 0}"#, #"model.vocab: expected one token for each id, found 0 for "a" and "b""#),
    (#"{"a": 0, "a": 1}"#, #"model.vocab: expected every token once, found "a" twice"#),
    (#"{"a": -1}"#, #"model.vocab: expected ids from 0 to 2097151, found -1 for "a""#),
    (#"{"a": 2097152}"#, #"model.vocab: expected ids from 0 to 2097151, found 2097152 for "a""#),
    ("[]", "model.vocab: expected an object, found an array"),
    ("3", "model.vocab: expected an object, found a number"),
  ])
  func `a broken vocabulary is refused`(vocab: String, message: String) {
    expect(message) { try load(vocab: vocab, merges: "[]") }
  }

  @Test func `fractional ids and lone surrogates are refused with their place`() {
    let fraction = #expect(throws: TokenizerError.self) { try load(vocab: #"{"a": 0.5}"#) }
    #expect(fraction?.description.hasSuffix("expected an integer, found 0.5") == true)
    let surrogate = #expect(throws: TokenizerError.self) { try load(vocab: #"{"\udc00": 0}"#) }
    #expect(surrogate?.description.hasSuffix("lone surrogate in a \\u escape") == true)
  }

  @Test func `lists and tokens of absurd size are refused`() {
    let zeros = Array(repeating: "0", count: 100_001).joined(separator: ",")
    expect("added_tokens: expected at most 100000 elements, found an array") {
      try load(sections: #""added_tokens": [\#(zeros)]"#)
    }
    let long = String(repeating: "a", count: 65_537)
    expect("model.vocab: expected tokens of at most 65536 bytes, found \"\(long.prefix(60))…\"") {
      try load(vocab: #"{"\#(long)": 0}"#)
    }
    let members = (0...1000).map { "\"k\($0)\": 0" }.joined(separator: ",")
    let error = #expect(throws: TokenizerError.self) { try load(sections: members) }
    #expect(error?.description.hasSuffix("more than 1000 members") == true)
  }

  @Test func `sparse ids are kept`() throws {
    let tokenizer = try load(vocab: #"{"a": 7, "b": 2097151, "ab": 1}"#)
    #expect(tokenizer.encode("aab") == [7, 1])
    #expect(tokenizer.vocabularySize == 2_097_152)
    #expect(tokenizer.token(for: 2_097_151) == "b")
    #expect(tokenizer.token(for: 0) == nil)
  }

  @Test(arguments: [
    (#""type": "Unigram""#, #"model.type: "Unigram" is not supported"#),
    (#""dropout": 0.1"#, "model.dropout: dropout (random tokens) is not supported"),
    (#""continuing_subword_prefix": "__""#, #"model.continuing_subword_prefix: "__" is not supported"#),
    (#""end_of_word_suffix": "</w>""#, #"model.end_of_word_suffix: "</w>" is not supported"#),
    (#""unk_token": "?""#, #"model.unk_token: expected a token of the vocabulary, found "?""#),
    (#""fuse_unk": "yes""#, #"model.fuse_unk: expected true or false, found "yes""#),
  ])
  func `a model that is not supported is refused by name`(model: String, message: String) {
    let json = #"{"model": {\#(model), "vocab": {"a": 0}, "merges": []}}"#
    expect(message) { try Tokenizer(json: Array(json.utf8), name: "t.json") }
  }

  @Test(arguments: [
    (#""normalizer": {"type": "NFKC"}"#, #"normalizer.type: "NFKC" is not supported"#),
    (
      #""normalizer": {"type": "Replace", "pattern": {"Regex": "x"}, "content": ""}"#,
      "normalizer.pattern: an object (only a String pattern) is not supported"
    ),
    (
      #""normalizer": {"type": "Replace", "pattern": {"String": "x"}, "content": "\#(String(repeating: "x", count: 65))"}"#,
      "normalizer.content: lengthening a text more than 64-fold is not supported"
    ),
    (
      #""pre_tokenizer": {"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated", "invert": false}"#,
      #"pre_tokenizer.pattern.Regex: "(a+)+$" (no known split pattern) is not supported"#
    ),
    (
      #""pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\p{N}"}, "behavior": "Removed", "invert": false}"#,
      #"pre_tokenizer.behavior: "Removed" is not supported"#
    ),
    (
      #""pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "BertPreTokenizer"}]}"#,
      #"pre_tokenizer.pretokenizers[0].type: "BertPreTokenizer" is not supported"#
    ),
    (
      #""pre_tokenizer": {"type": "Metaspace", "replacement": "__"}"#,
      #"pre_tokenizer.replacement: expected one Unicode scalar, found "__""#
    ),
    (#""post_processor": {"type": "BertProcessing"}"#, #"post_processor.type: "BertProcessing" is not supported"#),
    (
      #""post_processor": {"type": "TemplateProcessing", "single": [], "special_tokens": {}}"#,
      "post_processor.single: expected a place for the text A, found an array"
    ),
    (
      #""post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "x"}}], "special_tokens": {}}"#,
      "post_processor.special_tokens.x: expected a value, found nothing"
    ),
    (#""decoder": {"type": "WordPiece"}"#, #"decoder.type: "WordPiece" is not supported"#),
    (#""decoder": {}"#, "decoder.type: expected a value, found nothing"),
    (#""decoder": 3"#, "decoder: expected an object, found the integer 3"),
    (#""version": "2.0""#, #"line 1, column 30: duplicate key "version""#),
  ])
  func `a section that is not supported is refused by name`(section: String, message: String) {
    expect(message) { try load(sections: section) }
  }

  private func added(_ tokens: String...) -> String { #""added_tokens": [\#(tokens.joined(separator: ","))]"# }

  private func token(_ id: Int, _ content: String, normalized: Bool = false) -> String {
    """
    {"id": \(id), "content": "\(content)", "single_word": false, "lstrip": false, "rstrip": false, \
    "normalized": \(normalized), "special": true}
    """
  }

  @Test func `added tokens that contradict the vocabulary are refused`() {
    expect(#"added_tokens[0].id: expected 3, the first id after the vocabulary that is free, found the integer 9"#) {
      try load(sections: added(token(9, "x")))
    }
    expect("added_tokens[0].id: expected 0, the id of this token in model.vocab, found the integer 3") {
      try load(sections: added(token(3, "a")))
    }
    expect(#"added_tokens[1].content: expected every added token once, found "x""#) {
      try load(sections: added(token(3, "x"), token(4, "x")))
    }
    expect("added_tokens[1].id: expected every id once, found the integer 3") {
      try load(sections: added(token(3, "x"), token(3, "y")))
    }
    expect("added_tokens[0].id: expected an integer from 0 to 2097151, found the integer -1") {
      try load(sections: added(token(-1, "x")))
    }
    expect(#"added_tokens[0].content: expected a token that normalization leaves something of, found " ""#) {
      try load(
        sections: #""normalizer": {"type": "Strip", "strip_left": true, "strip_right": true}, "#
          + added(token(3, " ", normalized: true)))
    }
    expect(#"added_tokens: expected normalized tokens that differ, found "y", the same as another once normalized"#) {
      try load(
        sections: #""normalizer": {"type": "Lowercase"}, "#
          + added(token(3, "Y", normalized: true), token(4, "y", normalized: true)))
    }
  }

  @Test func `an empty added token is passed over`() throws {
    let tokenizer = try load(sections: added(token(3, ""), token(3, "x")))
    #expect(tokenizer.encode("abxa") == [2, 3, 0])
    #expect(tokenizer.vocabularySize == 4)
  }

  @Test func `added tokens in each other's way are found in linear time`() throws {
    let long = String(repeating: "a", count: 100_000)
    let tokenizer = try load(sections: added(token(3, long + "b"), token(4, "aa"), token(5, "b" + long)))
    #expect(tokenizer.encode(String(repeating: "a", count: 300_001)) == Array(repeating: 4, count: 150_000) + [0])
  }

  /// Eight replacements of one letter by 256 would make 2⁶⁴ bytes of it; sixteen marks, each cut off as a digit before
  /// the next is put, 2¹⁶ of it.
  @Test func `sequences that lengthen a text with every step are refused`() {
    func sequence(_ steps: [String]) -> String { "[\(steps.joined(separator: ","))]" }
    let letters = String(repeating: "a", count: 256)
    let replace = #"{"type": "Replace", "pattern": {"String": "a"}, "content": "\#(letters)"}"#
    expect("decoder.decoders[0].content: lengthening a text more than 64-fold is not supported") {
      try load(sections: #""decoder": {"type": "Sequence", "decoders": \#(sequence([replace]))}"#)
    }
    let double = #"{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}"#
    expect("decoder.decoders[6].content: lengthening a text more than 64-fold is not supported") {
      let steps = sequence(Array(repeating: double, count: 8))
      return try load(sections: #""decoder": {"type": "Sequence", "decoders": \#(steps)}"#)
    }
    expect("decoder: expected at most 32 steps, found an object") {
      let steps = sequence(Array(repeating: #"{"type": "Fuse"}"#, count: 33))
      return try load(sections: #""decoder": {"type": "Sequence", "decoders": \#(steps)}"#)
    }
    expect("normalizer: expected at most 32 steps, found an object") {
      let steps = sequence(Array(repeating: #"{"type": "Lowercase"}"#, count: 33))
      return try load(sections: #""normalizer": {"type": "Sequence", "normalizers": \#(steps)}"#)
    }
    expect("pre_tokenizer: expected at most 4 Metaspace steps, found an object") {
      let steps = (0..<10).map { step in
        step % 2 == 1
          ? #"{"type": "Digits", "individual_digits": true}"#
          : #"{"type": "Metaspace", "replacement": "\#(step % 4)", "prepend_scheme": "always", "split": false}"#
      }
      return try load(sections: #""pre_tokenizer": {"type": "Sequence", "pretokenizers": \#(sequence(steps))}"#)
    }
  }

  @Test func `deep nesting, missing parts and other files are refused`() {
    expect("line 1, column 133: nested deeper than 128 levels") {
      try Tokenizer(
        json: Array((#"{"x":"# + String(repeating: "[", count: 100_000)).utf8), name: "t.json")
    }
    expect("model: expected an object, found nothing") { try Tokenizer(json: Array("{}".utf8), name: "t.json") }
    expect("model.vocab: expected an object, found nothing") {
      try Tokenizer(json: Array(#"{"model": {}}"#.utf8), name: "t.json")
    }
    expect("line 1, column 1: expected an object, found the end of the text") {
      try Tokenizer(json: [], name: "t.json")
    }
  }

  @Test func `files that are none are refused`() {
    let missing = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: URL(filePath: "/nowhere/t.json")) }
    #expect(missing?.description == "/nowhere/t.json: no such file")
    let device = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: URL(filePath: "/dev/zero")) }
    #expect(device?.description == "/dev/zero: not a regular file")
  }
}

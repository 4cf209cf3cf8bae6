import Foundation
import LlamaCore
import Testing

/// Values that no honest file holds, at every place of a tokenizer file: one line that names the place, or ids that are
/// right. What takes time or memory is tried in CommandLineTests, in a process of its own.
@Suite struct HostileTokenizerTests {
  private func load(_ json: String) throws -> Tokenizer { try Tokenizer(json: Array(json.utf8), name: "t.json") }

  private func file(
    sections: String = "", model: String = "", vocab: String = #"{"a": 0, "b": 1, "ab": 2}"#,
    merges: String = #"["a b"]"#
  ) -> String {
    #"{\#(sections)"model": {"type": "BPE", \#(model)"vocab": \#(vocab), "merges": \#(merges)}}"#
  }

  private func expect(_ message: String, _ json: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: TokenizerError.self, sourceLocation: sourceLocation) { try load(json) }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("t.json: "), "\(text)", sourceLocation: sourceLocation)
    #expect(text.contains(message), "\(text)", sourceLocation: sourceLocation)
    #expect(!text.contains("\n"), sourceLocation: sourceLocation)
    #expect(text.utf8.count < 500, sourceLocation: sourceLocation)
  }

  @Test(arguments: [
    ("2147483648", "model.vocab: expected ids from 0 to 2097151, found 2147483648 for \"a\""),
    ("1099511627776", "model.vocab: expected ids from 0 to 2097151, found 1099511627776 for \"a\""),
    ("1000000000000000000", "found 1000000000000000000 for \"a\""), ("1e18", "expected an integer, found 1e18"),
    ("99999999999999999999999", "expected an integer, found 99999999999999999999999"), ("-1", "found -1 for \"a\""),
    ("-9223372036854775808", "expected an integer, found -9223372036854775808"),
    ("0.5", "expected an integer, found 0.5"),
    ("1.0", "expected an integer, found 1.0"), ("\"0\"", "expected an integer, found a string"),
    ("null", "expected an integer, found null"), ("[0]", "expected an integer, found an array"),
    ("true", "expected an integer, found a boolean"),
  ])
  func `an id that is none is refused`(id: String, message: String) {
    expect(message, file(vocab: #"{"b": 1, "a": \#(id)}"#, merges: "[]"))
  }

  @Test(arguments: ["\\ud800", "\\udfff", "\\ud800x", "\\ud800\\ud800"])
  func `a lone surrogate is refused wherever it stands`(escape: String) {
    let message = "lone surrogate in a \\u escape"
    expect(message, file(vocab: #"{"\#(escape)": 0}"#))
    expect(message, file(merges: #"["a \#(escape)"]"#))
    expect(message, file(merges: #"[["a", "\#(escape)"]]"#))
    expect(message, file(sections: #""added_tokens": [{"content": "\#(escape)"}], "#))
    expect(message, file(sections: #""x": "\#(escape)", "#))
    expect(message, file(sections: #""\#(escape)": 0, "#))
  }

  @Test func `a NUL is a character like any other`() throws {
    let added = #"""
      "added_tokens": [{"id": 4, "content": "\u0000!", "single_word": false, "lstrip": false, "rstrip": false,
      "normalized": false, "special": true}], 
      """#
    let tokenizer = try load(
      file(sections: added, vocab: #"{"a": 0, "b": 1, "\u0000": 2, "a\u0000": 3}"#, merges: #"["a \u0000"]"#))
    #expect(tokenizer.encode("a\0b\0\0!") == [3, 1, 2, 4])
    #expect(tokenizer.token(for: 3) == "a\0")
    #expect(tokenizer.id(for: "\0!") == 4)
  }

  @Test func `a token that nothing merges to is never found`() throws {
    let tokenizer = try load(file(vocab: #"{"a": 0, "b": 1, "ab": 2, "": 3, "abb": 4}"#))
    #expect(tokenizer.encode("abb") == [2, 1])
  }

  @Test func `bytes without a token become the unknown token, or nothing, as in the Hugging Face library`() throws {
    let fallback = #""byte_fallback": true, "#
    #expect(try load(file(model: fallback)).encode("aéb") == [2])
    let unknown = try load(
      file(model: fallback + #""unk_token": "?", "#, vocab: #"{"a": 0, "?": 1, "<0xC3>": 2, "b": 3}"#, merges: "[]"))
    #expect(unknown.encode("aéb") == [0, 1, 3])
    let bytes = #""pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}, "#
    #expect(try load(file(sections: bytes)).encode("aéb") == [2])
    let level = try load(
      file(sections: bytes, model: #""unk_token": "?", "#, vocab: #"{"a": 0, "?": 1, "Ã": 2, "b": 3}"#, merges: "[]"))
    #expect(level.encode("aéb") == [0, 2, 1, 3])
  }

  @Test(arguments: [
    #"(a+)+$"#, #"(?:a|a)*b"#, #"\p{L}+"#, "", #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|(.*)*x"#,
    String(repeating: "(", count: 70_000),
  ])
  func `no regular expression but the known ones is taken`(pattern: String) {
    let escaped = pattern.replacingOccurrences(of: "\\", with: "\\\\")
    expect(
      "pre_tokenizer.pattern.Regex: \"\(pattern.prefix(60))",
      file(
        sections: """
          "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\(escaped)"}, "behavior": "Isolated", "invert": false}, 
          """))
  }

  /// Every known key that is not a list of texts, and the values it must not have.
  @Test(arguments: [
    (#""version": 1, "#, "version"), (#""version": {}, "#, "version"), (#""added_tokens": {}, "#, "added_tokens"),
    (#""added_tokens": [3], "#, "added_tokens[0]"), (#""added_tokens": "x", "#, "added_tokens"),
    (#""normalizer": [], "#, "normalizer"), (#""normalizer": {"type": 3}, "#, "normalizer.type"),
    (#""normalizer": {"type": "Sequence", "normalizers": {}}, "#, "normalizer.normalizers"),
    (#""normalizer": {"type": "Prepend", "prepend": 1}, "#, "normalizer.prepend"),
    (#""normalizer": {"type": "Replace", "pattern": "x", "content": ""}, "#, "normalizer.pattern"),
    (#""normalizer": {"type": "Replace", "pattern": {"String": ""}, "content": ""}, "#, "normalizer.pattern.String"),
    (#""normalizer": {"type": "Replace", "pattern": {"String": "a"}, "content": []}, "#, "normalizer.content"),
    (#""normalizer": {"type": "Strip", "strip_left": 0, "strip_right": true}, "#, "normalizer.strip_left"),
    (#""pre_tokenizer": "ByteLevel", "#, "pre_tokenizer"),
    (#""pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": "no"}, "#, "pre_tokenizer.add_prefix_space"),
    (#""pre_tokenizer": {"type": "Metaspace", "replacement": ""}, "#, "pre_tokenizer.replacement"),
    (#""pre_tokenizer": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "x"}, "#, "prepend_scheme"),
    (#""pre_tokenizer": {"type": "Digits", "individual_digits": 1}, "#, "pre_tokenizer.individual_digits"),
    (#""pre_tokenizer": {"type": "Split", "pattern": {"Regex": 3}}, "#, "pre_tokenizer"),
    (#""post_processor": 0.5, "#, "post_processor"), (#""post_processor": {"type": []}, "#, "post_processor.type"),
    (#""post_processor": {"type": "TemplateProcessing", "single": "A"}, "#, "post_processor.single"),
    (
      #""post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "b"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"b": {"ids": [7]}}}, "#,
      "post_processor.special_tokens: expected ids of tokens, found 7"
    ),
    (
      #""post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "b"}}, {"Sequence": {"id": "A"}}], "special_tokens": {"b": {"ids": [1e9]}}}, "#,
      "post_processor.special_tokens.b.ids[0]: expected an integer from 0 to 2097151"
    ),
    (#""decoder": [1], "#, "decoder"),
    (#""decoder": {"type": "Strip", "content": "ab", "start": 0, "stop": 0}, "#, "content"),
    (#""decoder": {"type": "Strip", "content": "a", "start": -1, "stop": 0}, "#, "decoder.start"),
    (#""model": 3, "#, "duplicate key \"model\""),
  ])
  func `a value of another type is refused under its key`(section: String, key: String) {
    if key.hasPrefix("duplicate") {
      expect("expected an object", file(sections: section))
    } else {
      expect(key, file(sections: section))
    }
  }

  @Test(arguments: [
    (#""dropout": "x", "#, "model.dropout"), (#""ignore_merges": 1, "#, "model.ignore_merges"),
    (#""byte_fallback": "true", "#, "model.byte_fallback"), (#""unk_token": 3, "#, "model.unk_token"),
    (#""continuing_subword_prefix": [], "#, "model.continuing_subword_prefix"),
    (#""end_of_word_suffix": 0, "#, "model.end_of_word_suffix"), (#""fuse_unk": [], "#, "model.fuse_unk"),
    (#""vocab": {}, "#, #"duplicate key "vocab""#), (#""type": "BPE", "#, #"duplicate key "type""#),
  ])
  func `a member of the model of another type is refused under its key`(member: String, key: String) {
    expect(key, file(model: member))
  }

  @Test func `every beginning of a file is refused`() {
    let json = Array(file(sections: #""normalizer": {"type": "Lowercase"}, "#).utf8)
    for count in 0..<json.count {
      let error = #expect(throws: TokenizerError.self) { try Tokenizer(json: Array(json[..<count]), name: "t.json") }
      #expect(error?.description.hasPrefix("t.json: line 1, column ") == true, "\(count)")
    }
  }

  @Test(arguments: [
    ([UInt8]("[".utf8), "line 1"), ([UInt8](#"{"a":"#.utf8), "line 1"),
  ])
  func `nesting is refused before it costs anything`(part: [UInt8], message: String) {
    let bomb = #"{"x": "# + String(repeating: String(decoding: part, as: UTF8.self), count: 100_000)
    expect("nested deeper than 128 levels", bomb)
    expect("nested deeper than 128 levels", #"{"model": "# + bomb)
    expect("nested deeper than 128 levels", #"{"normalizer": "# + bomb)
  }

  @Test func `lists that multiply are refused`() {
    let ids = Array(repeating: "0", count: 600).joined(separator: ",")
    let pieces = Array(repeating: #"{"SpecialToken": {"id": "b"}}"#, count: 2).joined(separator: ",")
    expect(
      "post_processor.single: expected at most 1000 special tokens",
      file(
        sections: """
          "post_processor": {"type": "TemplateProcessing", "single": [\(pieces), {"Sequence": {"id": "A"}}], \
          "special_tokens": {"b": {"ids": [\(ids)]}}}, 
          """))
    let steps = Array(repeating: #"{"type": "Lowercase"}"#, count: 33).joined(separator: ",")
    expect(
      "normalizer: expected at most 32 steps",
      file(sections: #""normalizer": {"type": "Sequence", "normalizers": [\#(steps)]}, "#))
    let token = String(repeating: "a", count: 20_000)
    expect(
      "added_tokens: more than 1048576 bytes of added tokens is not supported",
      file(
        sections: """
          "normalizer": {"type": "Replace", "pattern": {"String": "a"}, "content": "\(String(repeating: "b", count: 64))"}, \
          "added_tokens": [{"id": 3, "content": "\(token)", "single_word": false, "lstrip": false, "rstrip": false, \
          "normalized": true, "special": true}], 
          """))
  }

  @Test func `sections that nobody reads are read over`() throws {
    let sections = #""truncation": {"max_length": -1}, "padding": [3], "x": [[[1e9]]], "#
    #expect(try load(file(sections: sections)).encode("ab") == [2])
  }
}

import Foundations
import Testing

@Suite struct JSONReaderTests {
  private func parse(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8).span) }

  @Test func `every kind of value is read`() throws {
    let value = try parse(#" {"a": [1, -2.5e1, true, false, null, "xé\n😀"], "b": {}} "#)
    #expect(
      value
        == .object([
          "a": .array([.integer(1), .number(-25), .boolean(true), .boolean(false), .null, .string("xé\n😀")]),
          "b": .object([:]),
        ]))
  }

  @Test func `integers stay exact up to the limits of Int`() throws {
    #expect(try parse("9223372036854775807") == .integer(.max))
    #expect(try parse("9007199254740993") == .integer(9_007_199_254_740_993))
    #expect(try parse("9223372036854775808") == .number(9_223_372_036_854_775_808))
  }

  @Test func `a number may be written with any number of digits`() throws {
    let pi = "3.14159265358979323846264338327950288419716939937510582097494"
    #expect(try parse("[\(pi), 0]") == .array([.number(.pi), .integer(0)]))
  }

  @Test(arguments: [
    ("", "line 1, column 1: expected a value, found the end of the text"),
    ("{\"a\":1,\n \"a\":2}", "line 2, column 6: duplicate key \"a\""),
    ("[1 2]", "line 1, column 4: expected ',' or ']', found '2'"),
    ("[1,]", "line 1, column 4: expected a value, found ']'"),
    ("{\"a\" 1}", "line 1, column 6: expected ':' after a key, found '1'"),
    ("01", "line 1, column 2: expected the end of the text, found '1'"),
    ("1e999", "line 1, column 1: number out of range: 1e999"),
    ("\"\\ud800\"", "line 1, column 2: lone surrogate in a \\u escape"),
    ("\"\\udc00\"", "line 1, column 2: lone surrogate in a \\u escape"),
    ("\"\\q\"", "line 1, column 2: unknown escape in a string"),
    ("\"abc", "line 1, column 2: string does not end"),
    ("\"a\u{1}\"", "line 1, column 3: control character in a string, found byte 0x01"),
    ("[1] x", "line 1, column 5: expected the end of the text, found 'x'"),
    ("NaN", "line 1, column 1: expected a value, found 'N'"),
    ("tru", "line 1, column 1: expected true or false, found 't'"),
    ("-", "line 1, column 2: expected a number, found the end of the text"),
  ])
  func `a broken text is refused with its place`(text: String, message: String) {
    let error = #expect(throws: JSONError.self) { try parse(text) }
    #expect(error?.description == message)
  }

  @Test func `nesting is bounded`() {
    let error = #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 100_000)) }
    #expect(error?.reason == "nested deeper than 128 levels")
  }

  @Test func `invalid UTF-8 is refused`() {
    let bytes: [UInt8] = [0x22, 0xC3, 0x28, 0x22]
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: bytes.span) }
    #expect(error?.description == "line 1, column 2: string is not valid UTF-8")
  }
}

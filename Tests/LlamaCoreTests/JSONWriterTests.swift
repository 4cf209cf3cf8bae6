import Foundations
import Testing

@Suite struct JSONWriterTests {
  @Test func `members keep their order and lines are indented`() {
    var writer = JSONWriter(indentation: 2)
    writer.beginObject()
    writer.member("z", .integer(1))
    writer.key("a")
    writer.beginArray()
    writer.value(.boolean(true))
    writer.beginObject()
    writer.endObject()
    writer.beginArray()
    writer.endArray()
    writer.endArray()
    writer.member("m", .null)
    writer.endObject()
    let expected = """
      {
        "z": 1,
        "a": [
          true,
          {},
          []
        ],
        "m": null
      }
      """
    #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
  }

  @Test(arguments: [
    (JSONValue.string("\"\\/\n\r\t\u{8}\u{1F}\u{7F}é😀\u{2028}"), #""\"\\/\n\r\t\u0008\u001f"# + "\u{7F}é😀\u{2028}\""),
    (.integer(.min), "-9223372036854775808"), (.number(0.1), "0.1"), (.number(1e-5), "1e-05"),
    (.number(.leastNonzeroMagnitude), "5e-324"), (.number(1e300), "1e+300"), (.number(.nan), "null"),
    (.number(-.infinity), "null"),
    (.object(["b": .array([.integer(1), .null]), "a": .string("")]), #"{"a":"","b":[1,null]}"#),
    (.array([]), "[]"), (.boolean(false), "false"),
  ])
  func `a value is spelled as RFC 8259 says`(value: JSONValue, text: String) {
    #expect(value.text() == text)
  }

  @Test(arguments: [nil, 0, 4])
  func `what is written is read back`(indentation: Int?) throws {
    let value = JSONValue.object([
      "a\u{0}\"": .array([.number(1.0 / 3), .integer(-7), .object([:]), .object(["": .boolean(true)])]),
      "b": .string((0..<0x300).compactMap(Unicode.Scalar.init).map(String.init).joined()),
    ])
    #expect(try JSONValue(parsing: Array(value.text(indentation: indentation).utf8).span) == value)
  }
}

import Foundation
import TestSupport
import Testing

/// Broken safetensors files end in one line, soon and in little memory.
@Suite struct HostileSafetensorsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let message: String
    let header: @Sendable () -> [UInt8]
    var data = 0
    var length: UInt64?

    init(
      _ name: String, _ message: String, _ header: @autoclosure @escaping @Sendable () -> String, data: Int = 0,
      length: UInt64? = nil
    ) {
      testDescription = name
      self.message = message
      self.header = { Array(header().utf8) }
      self.data = data
      self.length = length
    }
  }

  /// One tensor called `a`.
  private static func one(_ shape: String, _ offsets: String, _ dtype: String = "\"F32\"") -> String {
    #"{"a":{"dtype":\#(dtype),"shape":\#(shape),"data_offsets":\#(offsets)}}"#
  }

  /// Tensors of one byte each, without the braces around them.
  private static func many(_ count: Int) -> String {
    (0..<count).map { #""t\#($0)":{"dtype":"U8","shape":[],"data_offsets":[\#($0),\#($0 + 1)]}"# }
      .joined(separator: ",")
  }

  private static let two = [
    #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":"#, "}}",
  ]

  static let lengths = [
    Case("a length beyond the file", "header length is 3, but only 2 bytes follow it", "{}", length: 3),
    Case("no header", "header: line 1, column 1: expected an object, found the end of the text", ""),
    Case("a byte too much", "expected a header of at most 100000000 bytes, found", "{}", length: 100_000_001),
    Case("the largest length", "expected a header of at most 100000000 bytes, found", "{}", length: .max),
    Case("the largest signed length", "expected a header of at most", "{}", length: UInt64(Int64.max)),
    Case(
      "bytes after the tensors", "header describes 4 bytes of tensors, the file holds 5", one("[1]", "[0,4]"), data: 5),
    Case("bytes without a tensor", "header describes 0 bytes of tensors, the file holds 7", "{}", data: 7),
    Case("a file that was cut", "header describes 4 bytes of tensors, the file holds 3", one("[1]", "[0,4]"), data: 3),
    Case(
      "100 MB of nothing", "header: line 1, column 1: expected an object, found 'x'", "x", data: 99_999_999,
      length: 100_000_000),
  ]

  static let structure = [
    Case(
      "lists a hundred thousand deep", "header: line 1, column 1: expected an object",
      String(repeating: "[", count: 100_000)),
    Case(
      "tensors in tensors", "header: line 1, column 11: tensor a: unknown key",
      String(repeating: #"{"a":"#, count: 100_000)),
    Case(
      "a deep shape", "header: line 1, column 16: expected a number",
      #"{"a":{"shape":["# + String(repeating: "[", count: 100_000)),
    Case(
      "deep metadata", "expected a string, found '{'",
      #"{"__metadata__":{"a":"# + String(repeating: #"{"a":"#, count: 100_000)),
    Case(
      "a name twice", #"duplicate key "b""#, two[0] + #"[4,8]},"b":{"dtype":"U8","shape":[0],"data_offsets":[8,8]}}"#,
      data: 8),
    Case("a key twice", #"duplicate key "shape""#, #"{"a":{"shape":[1],"shape":[1]}}"#),
    Case("metadata twice", #"duplicate key "__metadata__""#, #"{"__metadata__":{},"__metadata__":{}}"#),
    Case("an entry twice", #"duplicate key "k""#, #"{"__metadata__":{"k":"1","k":"1"}}"#),
    Case("metadata that is a number", "expected an object, found '5'", #"{"__metadata__":5}"#),
    Case("metadata that is a list", "expected an object, found '['", #"{"__metadata__":[]}"#),
    Case("metadata that is null", "expected an object, found 'n'", #"{"__metadata__":null}"#),
    Case("an entry that is a number", "expected a string, found '1'", #"{"__metadata__":{"k":1}}"#),
    Case("an entry that is null", "expected a string, found 'n'", #"{"__metadata__":{"k":null}}"#),
    Case("an entry that is an object", "expected a string, found '{'", #"{"__metadata__":{"k":{}}}"#),
    Case("a tensor that is a list", "expected an object, found '['", #"{"a":[]}"#),
    Case("a tensor without type", #"tensor a: missing key "dtype""#, #"{"a":{"shape":[1],"data_offsets":[0,4]}}"#),
    Case("three offsets", "tensor a: expected two data_offsets, found 3", one("[1]", "[0,4,8]"), data: 4),
    Case("a byte zero in a name", "control character in a string, found byte 0x00", "{\"a\0b\":{}}"),
    Case("an unknown type", #"tensor a: unknown dtype "F99""#, one("[1]", "[0,4]", "\"F99\""), data: 4),
    Case("a type in small letters", #"tensor a: unknown dtype "f32""#, one("[1]", "[0,4]", "\"f32\""), data: 4),
    Case("a type that is a number", "expected a string, found '3'", one("[1]", "[0,4]", "32"), data: 4),
    Case("more text after the header", "expected the end of the text, found 'x'", "{} x"),
  ]

  static let numbers = [
    Case(
      "overlapping tensors", "tensor b: overlaps the tensor before it: expected to begin at byte 4, begins at 3",
      two[0] + "[3,7]" + two[1], data: 7),
    Case(
      "a hole", "tensor b: leaves a hole before it: expected to begin at byte 4, begins at 5",
      two[0] + "[5,9]" + two[1], data: 9),
    Case(
      "a hole at the start", "tensor a: leaves a hole before it: expected to begin at byte 0, begins at 4",
      one("[1]", "[4,8]"), data: 8),
    Case(
      "an end before its beginning", "tensor a: data_offsets end at 0, before they begin at 4", one("[1]", "[4,0]"),
      data: 4),
    Case(
      "a product beyond 64 bits", "tensor a: size of shape [4294967296, 4294967296] overflows",
      one("[4294967296,4294967296]", "[0,4]"), data: 4),
    Case(
      "a product that wraps to 4 bytes", "tensor a: size of shape [4611686018427387905, 4] overflows",
      one("[4611686018427387905,4]", "[0,16]", "\"U8\""), data: 16),
    Case(
      "a product of 64 sizes", "overflows",
      one("[\(Array(repeating: "9", count: 64).joined(separator: ","))]", "[0,4]"), data: 4),
    Case("an overflow before a zero", "overflows", one("[9223372036854775807,9223372036854775807,0]", "[0,0]")),
    Case(
      "offsets at the end of Int64", "tensor a: leaves a hole before it",
      one("[1]", "[9223372036854775803,9223372036854775807]"), data: 4),
    Case(
      "offsets at the end of UInt64", "tensor a: leaves a hole before it",
      one("[0]", "[18446744073709551615,18446744073709551615]")),
    Case(
      "a sum at the end of Int64", "tensor a: F32 [1] needs 4 bytes, its offsets span 9223372036854775807",
      one("[1]", "[0,9223372036854775807]"), data: 4),
    Case(
      "all bits of Int64", "tensor a: size of shape [2305843009213693952] overflows",
      one("[2305843009213693952]", "[0,9223372036854775807]"), data: 4),
    Case("a negative size", "tensor a: expected sizes of at least 0, found -1", one("[-1]", "[0,4]"), data: 4),
    Case("a negative offset", "tensor a: expected sizes of at least 0, found -4", one("[1]", "[-4,0]"), data: 4),
    Case(
      "a size below Int64", "expected an integer, found -9223372036854775809", one("[-9223372036854775809]", "[0,4]"),
      data: 4),
    Case("a size with an exponent", "expected an integer, found 1e3", one("[1e3]", "[0,4000]"), data: 4000),
    Case("a size with a fraction", "expected an integer, found 1.0", one("[1.0]", "[0,4]"), data: 4),
    Case("an offset with a fraction", "expected an integer, found 4.0", one("[1]", "[0,4.0]"), data: 4),
    Case("a size out of range", "number out of range: 1e400", one("[1e400]", "[0,4]"), data: 4),
    Case("a size that is a string", #"expected a number, found '"'"#, one("[\"1\"]", "[0,4]"), data: 4),
    Case("a size that is null", "expected a number, found 'n'", one("[null]", "[0,4]"), data: 4),
    Case(
      "too few bytes for a shape", "tensor a: F32 [3] needs 12 bytes, its offsets span 4", one("[3]", "[0,4]"), data: 4),
    Case("half a byte", "tensor a: F4 [3] is not a whole number of bytes", one("[3]", "[0,2]", "\"F4\""), data: 2),
  ]

  static let sizes = [
    Case("a name of 9 MB", "tensor nnnn", #"{"\#(String(repeating: "n", count: 9_000_000))":{"dtype":"x"}}"#),
    Case(
      "a type of 9 MB", "tensor a: unknown dtype \"nnnn",
      one("[]", "[]", "\"\(String(repeating: "n", count: 9_000_000))\"")),
    Case(
      "a million combining marks", "tensor a: unknown dtype",
      one("[]", "[]", "\"n\(String(repeating: "\u{301}", count: 1_000_000))\"")),
    Case(
      "65 dimensions", "tensor a: expected at most 64 sizes, found more",
      one("[\(Array(repeating: "1", count: 65).joined(separator: ","))]", "[0,4]"), data: 4),
    Case(
      "4 million dimensions", "expected at most 64 sizes",
      one("[\(String(repeating: "1,", count: 4_000_000))1]", "[0,4]"), data: 4),
    Case(
      "65,537 entries of metadata", "__metadata__: expected at most 65536 entries, found more",
      #"{"__metadata__":{\#((0...65_536).map { "\"\($0)\":\"\"" }.joined(separator: ","))}}"#),
    Case("262,145 tensors", "expected at most 262144 tensors, found more", "{\(many(262_145))}", data: 262_145),
    Case(
      "a name twice in a hundred thousand", #"duplicate key "t77777""#, "{\(many(100_000)),\"t77777\":{}}",
      data: 100_000),
    Case(
      "a hole behind a hundred thousand",
      "tensor z: leaves a hole before it: expected to begin at byte 100000, begins at 100001",
      "{\(many(100_000)),\"z\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[100001,100002]}}", data: 100_002),
  ]

  @Test(arguments: lengths + structure + numbers + sizes)
  func `a broken file is refused`(entry: Case) throws {
    let folder = try TemporaryFolder()
    let file = try folder.safetensors(entry.header(), data: entry.data, length: entry.length)
    try Tool.expectRefusal(["inspect", file], "\(file): ", entry.message)
  }

  @Test(arguments: [0, 7])
  func `a file without room for a length is refused`(bytes: Int) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(String(repeating: "x", count: bytes), to: "model.safetensors")
    try Tool.expectRefusal(["inspect", file], "expected at least 8 bytes for the header length, found \(bytes)")
  }

  @Test func `bytes that are not UTF-8 are refused`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.safetensors([UInt8](repeating: 0xFF, count: 1_000_000))
    try Tool.expectRefusal(["inspect", file], "header is not valid UTF-8")
  }

  @Test func `a FIFO, a folder and a device are refused`() throws {
    let folder = try TemporaryFolder()
    try folder.fifo("fifo.safetensors")
    try folder.link("zero.safetensors", to: "/dev/zero")
    try folder.link("loop.safetensors", to: "loop.safetensors")
    for name in ["fifo.safetensors", "zero.safetensors"] {
      try Tool.expectRefusal(["inspect", folder.path(name)], "\(name): expected a regular file")
    }
    try Tool.expectRefusal(["inspect", folder.path("loop.safetensors")], "loop.safetensors: Too many levels")
    try Tool.expectRefusal(["inspect", folder.path], "config.json: No such file or directory")
  }

  @Test(arguments: [[], ["--tensors"], ["--format", "json"], ["--check"]])
  func `a hundred thousand tensors are no trouble`(more: [String]) throws {
    let folder = try TemporaryFolder()
    let file = try folder.safetensors(Array("{\(Self.many(100_000))}".utf8), data: 100_000)
    let found = try Tool.measure(["inspect", file] + more)
    #expect(found.result.status == 0)
    #expect(found.result.output.contains("t99999"))
    found.expectSmall()
  }

  @Test func `the largest header is read, and its memory is seen`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.safetensors([0x7B] + [UInt8](repeating: 0x20, count: 99_999_998) + [0x7D])
    let found = try Tool.measure(["inspect", file])
    #expect(found.result.status == 0)
    #expect(found.result.output.contains("0 tensors"))
    #expect(found.took.peakBytes > 50_000_000)
    found.expectSmall()
  }

  @Test func `odd but sound files are read`() throws {
    let folder = try TemporaryFolder()
    let odd = try folder.safetensors(
      Array(
        #"""
        {"nul\u0000\n":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"none":{"dtype":"F64","shape":[3,0,9223372036854775807],
        "data_offsets":[4,4]},"also none":{"dtype":"BF16","shape":[0],"data_offsets":[4,4]},"__metadata__":{}}
        """#.utf8), data: 4)
    let text = try Tool.run("inspect", odd, "--check")
    #expect(text.status == 0)
    #expect(text.output.contains("\\u{0}\\n"))
    #expect(text.output.hasSuffix("every value is finite\n"))
    #expect(text.output.contains("3 tensors, 1 element (BF16 0, F32 1, F64 0), 4 B"))
    let link = folder.path("link")
    try folder.link("link", to: odd)
    #expect(try Tool.run("inspect", link).status == 0)
  }
}

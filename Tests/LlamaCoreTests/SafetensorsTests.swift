import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

@Suite struct SafetensorsTests {
  /// A file as a `manifest.json` lists it: ours, which says what the reference implementation makes of our files, and the one
  /// of its own tests where that lies beside the repository.
  struct Case: Sendable, CustomTestStringConvertible {
    let file: URL
    let expectation: String
    var testDescription: String { file.lastPathComponent }

    static let own = list(Repository.fixtures.appending(path: "safetensors"))
    static let shared = list(Repository.shared.appending(path: "conformance/safetensors"))

    private static func list(_ folder: URL) -> [Case] {
      let entries = (try? JSONValue(contentsOf: folder.appending(path: "manifest.json")))?.array ?? []
      return entries.compactMap { entry in
        guard let file = entry["file"]?.string, let expectation = entry["expect"]?.string else { return nil }
        return Case(file: folder.appending(path: file), expectation: expectation)
      }
    }
  }

  @Test func `the files and their manifests are there`() {
    #expect(Case.own.count == 23)
    #expect(Case.shared.count == (Repository.hasShared ? 16 : 0))
  }

  @Test(arguments: Case.own + Case.shared)
  func `files load or fail as the reference implementation says`(entry: Case) throws {
    let url = entry.file
    if entry.expectation == "OK" {
      _ = try SafetensorsFile(contentsOf: url)
      return
    }
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(contentsOf: url) }
    let name = try #require(error.map { "\($0.reason)" })
    #expect(name.lowercased().hasPrefix(entry.expectation.lowercased()), "\(name)")
    #expect(error?.description.contains("\n") == false)
  }

  private func load(_ header: String, data: Int = 0, length: UInt64? = nil) throws -> SafetensorsFile {
    let folder = try TemporaryFolder()
    let count = length ?? UInt64(header.utf8.count)
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    bytes += Array(header.utf8) + [UInt8](repeating: 1, count: data)
    let file = folder.url.appending(path: "x.safetensors")
    try Data(bytes).write(to: file)
    return try SafetensorsFile(contentsOf: file)
  }

  @Test(arguments: [
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      8,
      "duplicate key \"a\""
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[2,6]}}"#,
      6,
      "tensor b: overlaps the tensor before it: expected to begin at byte 4, begins at 2"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
      12, "tensor b: leaves a hole before it: expected to begin at byte 4, begins at 8"
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "data_offsets end at 0, before they begin at 4"),
    (
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}"#, 4,
      "size of shape [4294967296, 4294967296] overflows"
    ),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "expected sizes of at least 0, found -1"),
    (#"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#, 4, "expected an integer, found 1.5"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4e0]}}"#, 4, "expected an integer, found 4e0"),
    (#"{"a":{"dtype":"F99","shape":[1],"data_offsets":[0,4]}}"#, 4, "tensor a: unknown dtype \"F99\""),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5,
      "header describes 4 bytes of tensors, the file holds 5"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4,
      "tensor a: F32 [2] needs 8 bytes, its offsets span 4"
    ),
    (#"{"a":{"dtype":"F4","shape":[1],"data_offsets":[0,1]}}"#, 1, "tensor a: F4 [1] is not a whole number of bytes"),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, "tensor a: missing key \"data_offsets\""),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}"#, 4, "tensor a: unknown key \"x\""),
    (#"{"__metadata__":{"a":1}}"#, 0, "expected a string, found '1'"),
    (#"[]"#, 0, "expected an object, found '['"),
    (
      #"{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}"#, 4,
      "size of shape [9223372036854775807] overflows"
    ),
  ])
  func `a broken header is refused by name`(header: String, data: Int, message: String) throws {
    let error = #expect(throws: SafetensorsError.self) { try load(header, data: data) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: [UInt64.max, UInt64(Int64.max), 100_000_001])
  func `a header length past the limit is refused`(length: UInt64) throws {
    let error = #expect(throws: SafetensorsError.self) { try load("{}", length: length) }
    #expect(error?.reason == .headerTooLarge(bytes: length, limit: 100_000_000))
  }

  @Test(arguments: [#"{"a":"#, #"{"__metadata__":"#, "[", #"{"a":{"shape":["#])
  func `a header nested a hundred thousand deep is refused`(opening: String) throws {
    #expect(throws: SafetensorsError.self) { try load(String(repeating: opening, count: 100_000)) }
  }

  @Test func `every dtype of the format can be listed`() throws {
    var offset = 0
    let entries = TensorType.allCases.map { type in
      let size = 8 * type.bits / 8
      defer { offset += size }
      return
        "\"\(type.rawValue)\":{\"dtype\":\"\(type.rawValue)\",\"shape\":[2,4],\"data_offsets\":[\(offset),\(offset + size)]}"
    }
    let file = try load("{\(entries.joined(separator: ","))}", data: offset)
    #expect(file.tensors.map(\.type) == TensorType.allCases)
    #expect(file.tensors.allSatisfy { $0.count == 8 })
  }

  @Test func `a hundred thousand tensors open quickly`() throws {
    let entries = (0..<100_000).map {
      "\"tensor.\($0)\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[\($0),\($0 + 1)]}"
    }
    let file = try load("{\(entries.joined(separator: ","))}", data: 100_000)
    #expect(file.tensors.count == 100_000)
    #expect(file.tensors.last?.name == "tensor.99999")
  }

  @Test func `a folder and a missing file are refused`() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: folder.url) }
    #expect(error?.reason == .notARegularFile)
    let missing = #expect(throws: FileError.self) { try SafetensorsFile(contentsOf: folder.url.appending(path: "no")) }
    #expect(missing?.description.hasSuffix("No such file or directory") == true)
  }
}

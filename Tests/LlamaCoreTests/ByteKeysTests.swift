import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Keys that are one text to Unicode and two by their bytes, in files that `make_byte_keys.py` made, and what Hugging
/// Face's libraries and Python read in them.
@Suite struct ByteKeysTests {
  private static let directory = Repository.fixtures.appending(path: "byte-keys")

  private func expected(_ name: String) throws -> [(key: String, value: JSONValue)] {
    let json = try JSONValue(contentsOf: Self.directory.appending(path: "expected.json"))
    return try #require(json[name]?.array).map { pair in
      (try #require(pair.array?.first?.string), try #require(pair.array?.last))
    }
  }

  @Test func `every tensor is found under its own bytes, as safetensors finds it`() throws {
    let file = Self.directory.appending(path: "model.safetensors")
    let checkpoint = try Checkpoint(directory: Self.directory)
    let tensors = try expected("tensors")
    #expect(checkpoint.tensors.count == tensors.count)
    #expect(tensors.count == 9)
    for (name, value) in tensors {
      #expect(checkpoint.tensor(name)?.name.utf8.elementsEqual(name.utf8) == true)
      try checkpoint.withBytes(of: name, 0..<4) { bytes in
        let bits = bytes.indices.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32(bytes[$1]) }
        #expect(Double(Float(bitPattern: bits)) == value.double, "\(name.unicodeScalars)")
      }
    }
    let metadata = try SafetensorsFile(contentsOf: file).metadata
    for (key, value) in try expected("metadata") {
      let found = metadata.filter { $0.key.utf8.elementsEqual(key.utf8) }
      #expect(found.count == 1)
      #expect(found.first?.value == value.string)
    }
  }

  @Test func `shards are found under the bytes of the names in their index`() throws {
    let folder = try TemporaryFolder()
    let tensors = try expected("tensors")
    // A shard for each tensor, each under the tensor's own name.
    for (name, _) in tensors {
      var writer = try SafetensorsWriter(at: folder.url.appending(path: "\(name).safetensors"), [(name, .u8, [1])])
      try writer.write([7])
      try writer.commit()
    }
    let map = JSONObject(tensors.map { (key: $0.key, value: .string("\($0.key).safetensors")) })
    try folder.write(
      JSONValue.object(["weight_map": .object(map)]).text(), to: "model.safetensors.index.json")
    let checkpoint = try Checkpoint(directory: folder.url)
    #expect(checkpoint.files.count == tensors.count)
    for (name, _) in tensors { #expect(checkpoint.tensor(name)?.name.utf8.elementsEqual(name.utf8) == true) }
  }

  @Test func `tokens are told apart by their bytes, as Hugging Face tokenizers tells them`() throws {
    let tokenizer = try Tokenizer(contentsOf: Self.directory)
    for (text, ids) in try expected("ids") {
      #expect(tokenizer.encode(text).map { JSONValue.integer(Int($0)) } == ids.array, "\(text.unicodeScalars)")
    }
  }

  @Test func `members of a JSON object are told apart by their bytes, and a key that comes twice is refused`() throws {
    let corpus = try JSONValue(contentsOf: Self.directory.appending(path: "corpus.json"))
    let members = try expected("corpus")
    #expect(corpus.object?.count == members.count)
    for (key, value) in members {
      #expect(corpus[key] == value)
      #expect(JSONValue.string(key) == .string(key))
      for (other, _) in members where !other.utf8.elementsEqual(key.utf8) {
        #expect(JSONValue.string(key) != .string(other))
        #expect(ByteString(key) != ByteString(other))
      }
      let twice = "{\"\(key)\":1,\"a\":2,\"\(key)\":3}"
      let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array(twice.utf8).span) }
      #expect(error?.reason == "duplicate key \"\(key)\"")
    }
    // Written in the order of bytes, and read back the same.
    let text = corpus.text()
    #expect(try JSONValue(parsing: Array(text.utf8).span) == corpus)
    #expect(
      corpus.object?.keys.map { Array($0.utf8) }
        == members.map { Array($0.key.utf8) }.sorted {
          $0.lexicographicallyPrecedes($1)
        })
  }
}

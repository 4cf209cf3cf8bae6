import Foundation
import TestSupport
import Testing

/// A sharded model whose index or files are not what they should be.
@Suite struct HostileIndexTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let message: String
    let change: @Sendable (TemporaryFolder) throws -> Void

    init(_ name: String, _ message: String, _ change: @escaping @Sendable (TemporaryFolder) throws -> Void) {
      testDescription = name
      self.message = message
      self.change = change
    }

    /// The index is another text.
    init(_ name: String, _ message: String, index: @autoclosure @escaping @Sendable () -> String) {
      self.init(name, message) { _ = try $0.write(index(), to: "model/" + HostileIndexTests.index) }
    }

    /// A tensor is said to be in another file.
    init(_ name: String, _ message: String, file: String) {
      self.init(name, message, index: "{\"weight_map\":\n{\"a\":\(file)}}")
    }
  }

  static let index = "model.safetensors.index.json"
  private static let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]

  /// Edits the true index.
  private static func edit(_ folder: TemporaryFolder, _ change: (inout [String: Any]) throws -> Void) throws {
    var json = try folder.json("model/\(index)")
    var map = try #require(json["weight_map"] as? [String: Any])
    try change(&map)
    json["weight_map"] = map
    try JSONSerialization.data(withJSONObject: json).write(to: folder.url.appending(path: "model/\(index)"))
  }

  private static func replace(_ folder: TemporaryFolder, _ name: String, _ make: (String) throws -> Void) throws {
    try? FileManager.default.removeItem(at: folder.url.appending(path: "model/\(name)"))
    try make("model/\(name)")
  }

  static let names = [
    Case(
      "the folder above", #"weight_map: a: expected a plain file name, found "../x.safetensors""#,
      file: #""../x.safetensors""#),
    Case(
      "an absolute path", #"weight_map: a: expected a plain file name, found "/etc/passwd""#, file: #""/etc/passwd""#),
    Case("a path into a folder", #"weight_map: a: expected a plain file name, found "x/y""#, file: #""x/y""#),
    Case("a byte zero", #"weight_map: a: expected a plain file name, found "x\u{0}y""#, file: #""x\u0000y""#),
    Case("no name", #"weight_map: a: expected a plain file name, found """#, file: #""""#),
    Case("this folder", #"weight_map: a: expected a plain file name, found ".""#, file: #"".""#),
    Case("a number", "weight_map: a: expected a file name, found a number", file: "1"),
    Case("null", "weight_map: a: expected a file name, found null", file: "null"),
    Case("a list", "weight_map: a: expected a file name, found an array", file: #"["x"]"#),
    Case("an object", "weight_map: a: expected a file name, found an object", file: "{}"),
    Case("a name that is cut", "string does not end", file: "\"" + String(repeating: "x", count: 3000)),
  ]

  static let texts = [
    Case("nothing", "expected an object, found the end of the text", index: ""),
    Case("no map", "weight_map: expected an object, found nothing", index: #"{"metadata":{}}"#),
    Case("a map that is a list", "weight_map: expected an object, found an array", index: #"{"weight_map":[]}"#),
    Case("an empty map", "weight_map: expected at least one tensor, found none", index: #"{"weight_map":{}}"#),
    Case("two maps", #"duplicate key "weight_map""#, index: #"{"weight_map":{"a":"x"},"weight_map":{"b":"x"}}"#),
    Case("a tensor twice", #"duplicate key "a""#, index: #"{"weight_map":{"a":"x","a":"y"}}"#),
    Case(
      "nested a hundred thousand deep", "nested deeper than 128 levels",
      index: "{\"a\":\(String(repeating: #"{"a":"#, count: 100_000))"),
    Case(
      "10,001 files", "expected at most 10000 files, found more",
      index: "{\"weight_map\":{\((0...10_000).map { "\"\($0)\":\"\($0)\"" }.joined(separator: ","))}}"),
    Case(
      "10,000 missing files", "10000 of 10000 shards are missing: 0; 1; 10; 100;",
      index: "{\"weight_map\":{\((0..<10_000).map { "\"\($0)\":\"\($0)\"" }.joined(separator: ","))}}"),
    Case(
      "a name of a megabyte", "1 of 1 shards are missing: xxxx",
      index: "{\"weight_map\":{\"a\":\"\(String(repeating: "x", count: 1_000_000))\"}}"),
    Case(
      "a list of twenty million numbers", "weight_map: expected an object, found nothing",
      index: "{\"x\":[\(String(repeating: "0,", count: 20_000_000))0]}"),
  ]

  static let files = [
    Case("a missing shard", "\(index): 1 of 2 shards are missing: \(shards[1])") {
      try FileManager.default.removeItem(at: $0.url.appending(path: "model/\(shards[1])"))
    },
    Case("a dangling link", "\(index): 1 of 2 shards are missing: \(shards[1])") { folder in
      try replace(folder, shards[1]) { try folder.link($0, to: "nowhere") }
    },
    Case(
      "a tensor in two shards",
      "model: tensor model.embed_tokens.weight is in two shards, copy.safetensors and \(shards[0])"
    ) { folder in
      try FileManager.default.copyItem(
        atPath: folder.path("model/\(shards[0])"), toPath: folder.path("model/copy.safetensors"))
      try edit(folder) { $0["x"] = "copy.safetensors" }
    },
    Case("a tensor in none", "\(index): tensor more is not in \(shards[0]), where weight_map places it") {
      try edit($0) { $0["more"] = shards[0] }
    },
    Case("a tensor in the other one", "\(index): tensor model.norm.weight is not in") {
      try edit($0) { map in map["model.norm.weight"] = shards.first { $0 != map["model.norm.weight"] as? String } }
    },
    Case("a FIFO as shard", "\(shards[0]): expected a regular file") { folder in
      try replace(folder, shards[0]) { try folder.fifo($0) }
    },
    Case("a folder as shard", "\(shards[0]): expected a regular file") { folder in
      try replace(folder, shards[0]) {
        try FileManager.default.createDirectory(atPath: folder.path($0), withIntermediateDirectories: false)
      }
    },
    Case("a link to a device", "\(shards[0]): expected a regular file") { folder in
      try replace(folder, shards[0]) { try folder.link($0, to: "/dev/zero") }
    },
    Case("the index as shard", "\(index): expected a header of at most") { try edit($0) { $0["x"] = index } },
    Case("a FIFO as index", "\(index): expected a regular file") { folder in
      try replace(folder, index) { try folder.fifo($0) }
    },
    Case("a folder as index", "\(index): expected a regular file") { folder in
      try replace(folder, index) {
        try FileManager.default.createDirectory(atPath: folder.path($0), withIntermediateDirectories: false)
      }
    },
    Case("a device as index", "\(index): expected a regular file") { folder in
      try replace(folder, index) { try folder.link($0, to: "/dev/zero") }
    },
    Case("an index of 64 MiB and a byte", "\(index): expected at most 67108864 bytes, found 67108865") {
      try #require(truncate($0.path("model/\(index)"), 67_108_865) == 0)
    },
    Case("a FIFO as weights", "model.safetensors: expected a regular file") { try $0.fifo("model/model.safetensors") },
    Case("a device as weights", "model.safetensors: expected a regular file") {
      try $0.link("model/model.safetensors", to: "/dev/zero")
    },
    Case("a folder as weights", "model.safetensors: expected a regular file") {
      try FileManager.default.createDirectory(
        atPath: $0.path("model/model.safetensors"), withIntermediateDirectories: false)
    },
    Case("no weights", "model: expected model.safetensors or model.safetensors.index.json, found neither") {
      for name in shards + [index] { try FileManager.default.removeItem(atPath: $0.path("model/\(name)")) }
    },
  ]

  @Test(arguments: names + texts + files)
  func `a broken index is refused`(entry: Case) throws {
    let folder = try TemporaryFolder()
    let model = try folder.model()
    try entry.change(folder)
    try Tool.expectRefusal(["inspect", model], "\(model)", entry.message)
  }

  @Test func `a file that the index does not name is not looked at`() throws {
    let folder = try TemporaryFolder()
    let model = try folder.model()
    try folder.write("broken", to: "model/model-00003-of-00003.safetensors")
    let result = try Tool.run("inspect", model)
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("38 tensors, 107,952 elements (BF16 107,952), 215.9 kB\n"))
  }

  @Test func `links are followed, of the files and of the folder`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.model(as: "blobs")
    try FileManager.default.createDirectory(atPath: folder.path("snapshots/x"), withIntermediateDirectories: true)
    for name in try folder.names(in: "blobs") { try folder.link("snapshots/x/\(name)", to: "../../blobs/\(name)") }
    try folder.link("model", to: "snapshots/x")
    #expect(try Tool.run("inspect", folder.path("model")).output == Tool.run("inspect", Tool.tinyModel.path).output)
  }

  @Test func `a model with a hundred thousand tensors more is profiled`() throws {
    let folder = try TemporaryFolder()
    let model = try folder.model()
    let extra = (0..<100_000).map { #""t\#($0)":{"dtype":"U8","shape":[],"data_offsets":[\#($0),\#($0 + 1)]}"# }
    _ = try folder.safetensors(
      Array("{\(extra.joined(separator: ","))}".utf8), data: 100_000, to: "model/extra.safetensors")
    try Self.edit(folder) { for number in 0..<100_000 { $0["t\(number)"] = "extra.safetensors" } }
    let inspected = try Tool.measure(["inspect", model])
    #expect(inspected.result.status == 0)
    #expect(inspected.result.output.contains("100,038 tensors"))
    inspected.expectSmall()
    let corpus = try folder.write(#"{"a": [[1, 2, 3]]}"#, to: "corpus.json")
    let profiled = try Tool.measure(
      ["profile", "--model", model, "--corpus", corpus, "--output", folder.path("run"), "--quiet", "--no-report"])
    #expect(profiled.result.status == 0, "\(profiled.result.messages)")
    #expect(profiled.took.takesAtMost(seconds: 2))
  }
}

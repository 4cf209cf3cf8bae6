import Foundation
import TestSupport
import Testing

@Suite struct InspectCommandTests {
  private func read(_ name: String) throws -> [String: Any] {
    try object(String(contentsOf: Tool.tinyModel.appending(path: name), encoding: .utf8))
  }

  @Test func `json tells what config_json and the index tell`() throws {
    let result = try Tool.run("inspect", Tool.tinyModel.path, "--format", "json")
    #expect(result.status == 0)
    #expect(result.messages.isEmpty)
    let found = try object(result.output)
    let (configuration, index) = (try read("config.json"), try read("model.safetensors.index.json"))
    for (key, value) in try #require(found["configuration"] as? [String: Any]) {
      #expect((configuration[key] as? NSObject) == (value as? NSObject), "\(key)")
    }
    let metadata = try #require(index["metadata"] as? [String: Any])
    #expect(found["bytes"] as? Int == metadata["total_size"] as? Int)
    // All weights are bf16.
    #expect(found["parameters"] as? Int == (metadata["total_size"] as? Int).map { $0 / 2 })
    #expect(found["elements"] as? Int == found["parameters"] as? Int)
    let files = try #require(found["files"] as? [[String: Any]])
    var places: [String: String] = [:]
    for file in files {
      let path = try #require(file["path"] as? String)
      for tensor in try #require(file["tensors"] as? [[String: Any]]) {
        places[try #require(tensor["name"] as? String)] = URL(filePath: path).lastPathComponent
        let count = try #require(tensor["shape"] as? [Int]).reduce(1, *)
        #expect(tensor["dtype"] as? String == "BF16")
        #expect(tensor["bytes"] as? Int == 2 * count)
      }
    }
    #expect(places == index["weight_map"] as? [String: String])
    #expect(found["tensors"] as? Int == places.count)
  }

  @Test func `text sums up the blocks, or lists every tensor`() throws {
    let short = try Tool.run("inspect", Tool.tinyModel.path)
    #expect(short.status == 0)
    #expect(short.messages.isEmpty)
    #expect(
      short.output.contains(/\nmodel\.layers\.\*\.mlp\.down_proj\.weight +BF16 +\[48, 80\] +4 +7\.68 kB +30\.7 kB\n/))
    #expect(short.output.hasSuffix("\n38 tensors, 107,952 elements (BF16 107,952), 215.9 kB\n"))
    let long = try Tool.run("inspect", Tool.tinyModel.path, "--tensors")
    #expect(long.output.contains("\nmodel.layers.3.mlp.down_proj.weight "))
    #expect(long.output.split(separator: "\n").count == short.output.split(separator: "\n").count + 38 - 11)
  }

  @Test func `a file is shown by itself`() throws {
    let file = Tool.tinyModel.appending(path: "model-00001-of-00002.safetensors").path
    let found = try object(Tool.run("inspect", file, "--format", "json").output)
    #expect(found["configuration"] is NSNull)
    #expect(found["tensors"] as? Int == 14)
    #expect(try Tool.run("inspect", file).output.hasPrefix("model-00001-of-00002.safetensors  "))
  }

  @Test func `the configuration is shown where weights are missing, and the command fails`() throws {
    let folder = try TemporaryFolder()
    for file in ["config.json", "model.safetensors.index.json"] {
      try FileManager.default.copyItem(
        at: Tool.tinyModel.appending(path: file), to: folder.url.appending(path: file))
    }
    let result = try Tool.run("inspect", folder.path)
    #expect(result.status == 1)
    #expect(result.lines.count == 1)
    #expect(result.messages.contains("2 of 2 shards are missing"))
    #expect(result.output.hasPrefix("parameters         107,952\n"))
    #expect(!result.output.contains("tensor"))
    let json = try Tool.run("inspect", folder.path, "--format", "json")
    #expect(json.status == 1)
    #expect(json.output.isEmpty)
    #expect(json.messages == result.messages)
  }

  @Test func `what cannot be inspected is told in one line`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("not a tensor", to: "x.safetensors")
    for path in [file, folder.path, folder.path("missing"), "/dev/null"] {
      let result = try Tool.run("inspect", path)
      #expect(result.status == 1, "\(result.messages)")
      #expect(result.output.isEmpty, "\(result.messages)")
      #expect(result.lines.count == 1, "\(result.messages)")
      #expect(result.messages.contains(path))
    }
  }

  @Test(
    arguments: [Repository.fixtures] + (Repository.hasShared ? [Repository.shared.appending(path: "conformance")] : []))
  func `every safetensors file loads or fails as its manifest says`(place: URL) throws {
    struct Entry: Decodable { let file, expect: String }
    let folder = place.appending(path: "safetensors")
    let manifest = try Data(contentsOf: folder.appending(path: "manifest.json"))
    let entries = try JSONDecoder().decode([Entry].self, from: manifest)
    #expect(entries.count >= 16)
    for entry in entries {
      let result = try Tool.run("inspect", folder.appending(path: entry.file).path)
      let isGood = entry.expect == "OK"
      #expect((result.status == 0) == isGood, "\(entry.file): expected \(entry.expect), \(result.messages)")
      #expect(result.lines.count == (isGood ? 0 : 1))
      #expect(result.output.isEmpty == !isGood)
    }
  }
}

import Foundation
import Foundations
import ProfileReport
import ProfileStore
import Profiler
import TestSupport
import Testing

@Suite struct RunExportTests {
  private let metrics =
    "mean,abs_mean,std,relative_norm,block_influence,angular_distance,attention_abs_mean,mlp_abs_mean,"
    + "attention_relative_norm,mlp_relative_norm,residual_max_abs,cosine,attention_cosine,mlp_cosine,"
    + "attention_influence,mlp_influence,residual_norm"

  @Test func `every file is there, nothing else is, and each byte is as worked out by hand`() throws {
    let folder = try TemporaryFolder()
    try SmallRun().write(to: folder.url)
    #expect(
      try folder.names == [
        "a%2C%22b%22%0A.csv", "groups.csv", "manifest.json", "massive.csv", "profile.sqlite", "summary.csv",
        "texts.csv",
      ])

    let name = "\"a,\"\"b\"\"\n\""
    #expect(
      try folder.text("texts.csv")
        == "domain,text,tokens,scope,layer,\(metrics)\n"
        + "\(name),0,1,all,0,1.5,1.5,0.0,0.75,0.0,0.0,2.0,0.5,1.0,0.125,3.5,1.0,1.0,-1.0,0.0,0.0,3.5\n"
        + "\(name),0,1,all,1,-1.0,1.0,0.0,0.25,0.0,0.0,2.0,1.0,0.5,0.5,3.0,-1.0,-1.0,1.0,0.0,0.0,3.0\n"
        + "\(name),0,1,without_sinks,0,1.5,1.5,0.0,0.75,0.0,0.0,2.0,0.5,1.0,0.125,3.5,1.0,1.0,-1.0,0.0,0.0,3.5\n"
        + "\(name),0,1,without_sinks,1,-1.0,1.0,0.0,0.25,0.0,0.0,2.0,1.0,0.5,0.5,3.0,-1.0,-1.0,1.0,0.0,0.0,3.0\n"
        + "\(name),2,1,all,0,-2.75,2.75,0.0,2.75,2.0,1.0,3.0,0.25,3.0,0.125,1.75,-1.0,-1.0,-1.0,2.0,0.0,1.75\n"
        + "\(name),2,1,all,1,1.5,1.5,0.0,0.75,0.0,0.0,1.0,0.5,0.5,0.5,0.5,-1.0,-1.0,-1.0,0.0,0.0,0.5\n"
        + "\(name),2,1,without_sinks,0,-2.75,2.75,0.0,2.75,2.0,1.0,3.0,0.25,3.0,0.125,1.75,-1.0,-1.0,-1.0,2.0,0.0,1.75\n"
        + "\(name),2,1,without_sinks,1,1.5,1.5,0.0,0.75,0.0,0.0,1.0,0.5,0.5,0.5,0.5,-1.0,-1.0,-1.0,0.0,0.0,0.5\n")
    #expect(try folder.text("massive.csv") == "domain,text,layer,position,token,dimension,value\n")

    #expect(
      try folder.text("a%2C%22b%22%0A.csv")
        == "layer,texts,mean,mean_variance,abs_mean,abs_mean_variance,std,std_variance,relative_norm,"
        + "relative_norm_variance,block_influence,block_influence_variance,angular_distance,"
        + "angular_distance_variance,attention_abs_mean,attention_abs_mean_variance,mlp_abs_mean,"
        + "mlp_abs_mean_variance,attention_relative_norm,attention_relative_norm_variance,mlp_relative_norm,"
        + "mlp_relative_norm_variance,residual_max_abs,residual_max_abs_variance,cosine,"
        + "cosine_variance,attention_cosine,attention_cosine_variance,mlp_cosine,mlp_cosine_variance,"
        + "attention_influence,attention_influence_variance,mlp_influence,mlp_influence_variance,residual_norm,"
        + "residual_norm_variance\n"
        + "0,2,-0.625,9.03125,2.125,0.78125,0.0,0.0,1.75,2.0,1.0,2.0,0.5,0.5,2.5,0.5,0.375,0.03125,2.0,2.0,0.125,"
        + "0.0,2.625,1.53125,0.0,2.0,0.0,2.0,-1.0,0.0,1.0,2.0,0.0,0.0,2.625,1.53125\n"
        + "1,2,0.25,3.125,1.25,0.125,0.0,0.0,0.5,0.125,0.0,0.0,0.0,0.0,1.5,0.5,0.75,0.125,0.5,0.0,0.5,0.0,1.75,"
        + "3.125,-1.0,0.0,-1.0,0.0,0.0,2.0,0.0,0.0,0.0,0.0,1.75,3.125\n")

    let summary = try folder.text("summary.csv")
    #expect(
      summary.hasPrefix(
        "domain,scope,layer,metric,texts,mean,variance,std,min,max\n"
          + "\(name),all,0,mean,2,-0.625,9.03125,3.005203820042827,-2.75,1.5\n"
          + "\(name),all,0,abs_mean,2,2.125,0.78125,0.8838834764831844,1.5,2.75\n"))
    #expect(summary.contains("\(name),all,1,residual_max_abs,2,1.75,3.125,1.7677669529663689,0.5,3.0\n"))
    // No text has a second token.
    #expect(summary.contains("\(name),without_first_token,1,residual_max_abs,0,,,,,\n"))
    #expect(summary.hasSuffix("\(name),without_sinks,1,residual_norm,2,1.75,3.125,1.7677669529663689,0.5,3.0\n"))
    #expect(summary.split(separator: "\(name),").count == 1 + 3 * 2 * 17)
  }

  @Test func `a spectrum is three columns at the end, and all others are as they were`() throws {
    let folders = try (0..<2).map { _ in try TemporaryFolder() }
    var run = SmallRun(domains: ["x"], blocks: [[(2, 2, -0.5), (4, -2, 1)], [(1, -3, 0.25), (-2, 1, -1)]])
    try run.write(to: folders[0].url)
    run.groups = [.spectrum]
    try run.write(to: folders[1].url)
    // The last block of the second text changes nothing: no spectrum there, which concerns no other column.
    func lines(_ name: String, _ ends: [String]) throws {
      let plain = try folders[0].text(name).split(separator: "\n")
      try #require(plain.count == ends.count)
      #expect(try folders[1].text(name) == zip(plain, ends).map { "\($0),\($1)\n" }.joined(), "\(name)")
    }
    let (one, none) = ("1.0,1.0,1.0", "nan,nan,nan")
    try lines(
      "texts.csv", ["effective_rank,stable_rank,top_direction_share", one, one, ",,", ",,", one, none, ",,", ",,"])
    try lines(
      "x.csv",
      [
        "effective_rank,effective_rank_variance,stable_rank,stable_rank_variance,top_direction_share,"
          + "top_direction_share_variance", "1.0,0.0,1.0,0.0,1.0,0.0", "1.0,,1.0,,1.0,",
      ])
    let rows = try folders[1].text("summary.csv").split(separator: "\n")
    let plain = try folders[0].text("summary.csv").split(separator: "\n")
    let spectral = rows.filter { row in Metric.Group.spectrum.metrics.contains { row.contains(",\($0.rawValue),") } }
    #expect(rows.filter { !spectral.contains($0) } == plain)
    #expect(spectral.count == 3 * 2 * 3)
    #expect(spectral.contains("x,all,0,stable_rank,2,1.0,0.0,0.0,1.0,1.0"))
    #expect(spectral.contains("x,all,1,stable_rank,1,1.0,,,1.0,1.0"))

    let manifests = try folders.map { try JSONValue(contentsOf: $0.url.appending(path: "manifest.json")) }
    #expect(manifests[0]["metrics"] == .array(Metric.standard.map { .string($0.rawValue) }))
    #expect(
      manifests[1]["metrics"] == .array((Metric.standard + Metric.Group.spectrum.metrics).map { .string($0.rawValue) }))
    #expect(manifests[0]["non_finite"] == .array([]))
    #expect(manifests[1]["non_finite"]?.array?.first?["cause"] == .string("zero_change"))
  }

  @Test func `with one text the variance is empty, not zero`() throws {
    let folder = try TemporaryFolder()
    try SmallRun(domains: ["one"], blocks: [[(2, 2, -0.5)]]).write(to: folder.url)
    #expect(
      try folder.text("one.csv").hasSuffix(
        "\n0,1,1.5,,1.5,,0.0,,0.75,,0.0,,0.0,,2.0,,0.5,,1.0,,0.125,,3.5,,1.0,,1.0,,-1.0,,0.0,,0.0,,3.5,\n"))
    #expect(try folder.text("summary.csv").contains("one,all,0,mean,1,1.5,,,1.5,1.5\n"))
  }

  @Test func `a text with values that are not finite is nan in its rows and missing from the rest`() throws {
    let folder = try TemporaryFolder()
    try SmallRun(domains: ["x"], blocks: [[(1, .nan, 1)], [(0, 1, 1)], [(2, 2, -0.5)]]).write(to: folder.url)
    let texts = try folder.text("texts.csv")
    #expect(texts.contains("x,0,1,all,0" + String(repeating: ",nan", count: 17) + "\n"))
    #expect(texts.contains("x,2,1,all,0,2.0,2.0,0.0,inf,nan,nan,1.0,1.0,inf,1.0,2.0,nan,nan,1.0,nan,0.0,2.0\n"))
    #expect(try folder.text("x.csv").contains("\n0,1,1.5,,"))
    let manifest = try JSONValue(contentsOf: folder.url.appending(path: "manifest.json"))
    #expect(manifest["counts"]?["non_finite_texts"] == .integer(2))
    #expect(
      manifest["non_finite"]
        == .array([
          .object([
            "domain": .string("x"), "text": .integer(0), "layer": .integer(0), "cause": .string("values"),
            "position": .integer(0), "count": .integer(1),
          ]),
          .object([
            "domain": .string("x"), "text": .integer(2), "layer": .integer(0), "cause": .string("zero_norm"),
            "position": .integer(0), "count": .integer(1),
          ]),
        ]))
  }

  @Test func `the manifest says what the run was made of`() throws {
    let folder = try TemporaryFolder()
    try SmallRun(domains: ["b", "a"]).write(to: folder.url)
    let manifest = try JSONValue(contentsOf: folder.url.appending(path: "manifest.json"))
    let hash = JSONValue.string(Fingerprint.ofNothing.hexadecimal)
    #expect(
      manifest["model"]
        == .object(["directory": .string("models/m"), "sha256": hash, "weights_sample_sha256": hash]))
    #expect(manifest["corpus"] == .object(["file": .string("corpus \"1\".json"), "sha256": hash]))
    #expect(
      manifest["settings"]
        == .object([
          "precision": .string("float32"), "threads": .integer(2), "seed": .null,
          "bos_policy": .string("tokenizer template"), "maximum_tokens": .integer(512), "text_limit": .null,
          "skip_first_block": .boolean(false), "memory_limit": .null, "wave_tokens": .integer(1024),
          "edits": .null, "program": .null, "ablation": .null,
        ]))
    #expect(
      manifest["counts"]
        == .object([
          "texts": .integer(4), "tokens": .integer(4), "empty_texts": .integer(2), "truncated_texts": .integer(4),
          "copies": .integer(0), "non_finite_texts": .integer(0), "failed_texts": .integer(0),
        ]))
    #expect(manifest["domains"]?.array?.map { $0["name"] } == [.string("b"), .string("a")])
    #expect(manifest["domains"]?.array?.map { $0["file"] } == [.string("b.csv"), .string("a.csv")])
    #expect(manifest["started"] == .string("2027-01-15T08:00:00Z"))
    #expect(manifest["finished"] == .string("2027-01-15T08:00:04Z"))
    #expect(manifest["tokens_per_second"]?.double == 1)
    #expect(
      manifest["versions"]
        == .object(["fp-cli": .string("1.0"), "matmul": .string("a library 2"), "numbers": .integer(3)]))
    #expect(manifest["thread_seconds"] == .object(["matmul": .number(3), "vector_loops": .number(1)]))
  }

  @Test func `two runs of the same give the same bytes`() throws {
    let folders = try (0..<2).map { _ in try TemporaryFolder() }
    for folder in folders { try SmallRun(domains: ["x", "y"]).write(to: folder.url) }
    for name in try folders[0].names where name != "profile.sqlite" {
      #expect(try folders[0].text(name) == folders[1].text(name))
    }
  }

  @Test func `a run that is not finished writes no file`() throws {
    let folder = try TemporaryFolder()
    let run = SmallRun()
    let store = try RunFolder(folder.url).store(run.settings, run.corpus, startingAnew: false)
    let error = #expect(throws: StoreError.self) { try RunExport(store) }
    #expect(
      error?.description
        == "\(store.file): the run is not finished, 0 of 2 texts are; the profile command that began it "
        + "goes on")
  }

  @Test func `a file that cannot take its place stops all others from taking theirs`() throws {
    let folder = try TemporaryFolder()
    try SmallRun().write(to: folder.url)
    let old = try ["texts.csv", "manifest.json"].map { try folder.text($0) }
    try FileManager.default.removeItem(at: folder.url.appending(path: "summary.csv"))
    let names = try folder.names
    let blocked = folder.url.appending(path: "summary.csv")
    try FileManager.default.createDirectory(at: blocked, withIntermediateDirectories: true)
    let error = #expect(throws: ReportError.self) { try SmallRun(blocks: [[(2, 2, -0.5)]]).write(to: folder.url) }
    #expect(
      error?.description == "\(blocked.relativePath): cannot write: expected a regular file, found a folder or device")
    #expect(try folder.names == (names + ["summary.csv"]).sorted())
    #expect(try ["texts.csv", "manifest.json"].map { try folder.text($0) } == old)
  }

  @Test func `files of an earlier run are replaced, folders are created`() throws {
    let folder = try TemporaryFolder()
    let nested = folder.url.appending(path: "a/b")
    for blocks in [[[(Float(1), Float(1), Float(1))]], [[(2, 2, -0.5)]]] {
      try SmallRun(domains: ["x"], blocks: blocks).write(to: nested)
    }
    #expect(try folder.text("a/b/x.csv").hasSuffix(",3.5,\n"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: nested.path).count == 7)
  }
}

import Foundation
import Foundations
import LlamaCore
import TestSupport
import Testing

/// Files that change while they are used, tensors at odd addresses, and texts larger than the machine.
@Suite struct HostileFileTests {
  private func file(_ folder: TemporaryFolder, bytes: Int) throws -> URL {
    let url = folder.url.appending(path: "x")
    try Data((0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 7) }).write(to: url)
    return url
  }

  private func shrunk(_ url: URL, _ expected: Int, _ found: Int) -> FileError {
    FileError(path: url.relativePath, reason: .truncated(expected: expected, found: found))
  }

  @Test(arguments: [0, 1, 4096, 10_000, 99_999])
  func `a file that has become shorter is told from one that has not`(size: Int) throws {
    let folder = try TemporaryFolder()
    let url = try file(folder, bytes: 100_000)
    let file = try MappedFile(url)
    try file.check()
    try file.pageIn(0..<100_000)
    #expect(try file.file.bytes(5..<8) == [35, 42, 49])
    #expect(truncate(url.path, off_t(size)) == 0)
    #expect(throws: shrunk(url, 100_000, size)) { try file.check() }
    // Also where the last page is still there: what was cut of it reads as zeros.
    if size < 98_304 { #expect(throws: shrunk(url, 100_000, size)) { try file.pageIn(98_304..<100_000) } }
    #expect(throws: shrunk(url, 100_000, size)) { try file.file.bytes(0..<100_000) }
    #expect(truncate(url.path, 200_000) == 0)
    try file.check()
  }

  @Test func `an address is traced back to the file that is mapped there`() throws {
    let folder = try TemporaryFolder()
    let url = try file(folder, bytes: 100_000)
    var file: MappedFile? = try MappedFile(url)
    let address = try #require(file?.withBytes { UInt(bitPattern: $0.baseAddress) })
    #expect(MappedFile.fault(at: address) == FileError(path: url.relativePath, reason: .system(EIO)))
    #expect(truncate(url.path, 4096) == 0)
    #expect(MappedFile.fault(at: address + 99_999) == shrunk(url, 100_000, 4096))
    #expect(MappedFile.fault(at: 0) == nil)
    #expect(MappedFile.fault(at: .max) == nil)
    file = nil
    #expect(MappedFile.fault(at: address) == nil)
  }

  @Test func `a small file has a limit`() throws {
    let folder = try TemporaryFolder()
    let url = try file(folder, bytes: 10)
    #expect(try RegularFile.bytes(of: url, limit: 10).count == 10)
    #expect(throws: FileError(path: url.relativePath, reason: .tooLarge(bytes: 10, limit: 9))) {
      try RegularFile.bytes(of: url, limit: 9)
    }
  }

  /// Cuts the weights when it sees a block.
  private struct Cutter: LayerObserver {
    let weights: URL
    let layer: Int
    let size: Int
    var seen: [Int] = []
    func sites(at layer: Int) -> LayerSites { .residual }
    mutating func observe(_ block: borrowing BlockTrace) {
      seen.append(block.layer)
      if block.layer == layer { truncate(weights.path, off_t(size)) }
    }
  }

  @Test(arguments: [0, 2], [0, 45_000])
  func `a run ends before a block of missing weights is shown`(layer: Int, size: Int) throws {
    let folder = try TemporaryFolder()
    let source = Repository.fixtures.appending(path: "variants/float16")
    for name in ["config.json", "model.safetensors"] {
      try FileManager.default.copyItem(at: source.appending(path: name), to: folder.url.appending(path: name))
    }
    let weights = folder.url.appending(path: "model.safetensors")
    let bytes = try Data(contentsOf: weights).count
    let model = try LlamaModel(directory: folder.url)
    #expect(model.spec.layerCount == 3)
    #expect(size < bytes)
    var observer = Cutter(weights: weights, layer: layer, size: size)
    // Two waves, so that something is left to read behind the last block.
    let options = RunOptions(threads: 2, waveTokens: 4)
    let error = #expect(throws: FileError.self) {
      try model.run([[1, 2, 3, 4], [5, 6, 7, 8]], options: options, observer: &observer)
    }
    #expect(error?.reason == .truncated(expected: bytes, found: size))
    #expect(observer.seen == Array(0...layer))
    #expect(throws: FileError.self) { try model.logits(of: [[1]]) }
  }

  /// Uses of a model, each of which hands something over.
  enum Use: CaseIterable {
    case observe, likelihood, logits, prefill, extend, decode, decodeUnobserved
  }

  @Test(arguments: Use.allCases)
  func `nothing is handed over that was computed with weights cut inside a page`(use: Use) throws {
    let folder = try TemporaryFolder()
    let source = Repository.fixtures.appending(path: "tiny-llama")
    for name in try FileManager.default.contentsOfDirectory(atPath: source.path) where name != "corpus.json" {
      try FileManager.default.copyItem(at: source.appending(path: name), to: folder.url.appending(path: name))
    }
    let model = try LlamaModel(directory: folder.url)
    // The shard of the first blocks, of which the last block, the norm and the unembedding hold nothing.
    let file = try #require(model.checkpoint.files.first)
    let shard = URL(filePath: file.path)
    let size = file.byteCount - 1
    #expect(size % Int(sysconf(Int32(_SC_PAGESIZE))) != 0, "the cut must leave a part of the last page")
    // Cut behind the first block of the wave, or of the step.
    var cutter = Cutter(weights: shard, layer: use == .observe ? 0 : model.spec.layerCount - 1, size: size)
    var told = 0
    let session = try DecodingSession(model)
    if [.extend, .decode, .decodeUnobserved].contains(use) { try session.prefill([[1, 2, 3]]) }
    if use == .decodeUnobserved { #expect(truncate(shard.path, off_t(size)) == 0) }
    let error = #expect(throws: FileError.self) {
      switch use {
      case .observe: try model.run([[1, 2, 3]], observer: &cutter)
      case .likelihood: try model.run([[1, 2, 3]], observer: &cutter) { _, _ in told += 1 }
      case .logits: told += try model.logits(of: [[1, 2, 3]], observer: &cutter).count
      case .prefill: told += try session.prefill([[1, 2, 3]], observer: &cutter).count
      case .extend: told += try session.extend(0, by: [4, 5], observer: &cutter).values.count
      case .decode: told += try session.decode([4], observer: &cutter).count
      case .decodeUnobserved: told += try session.decode([4]).count
      }
    }
    #expect(error?.reason == .truncated(expected: size + 1, found: size))
    #expect(told == 0)
    #expect(cutter.seen == (use == .decodeUnobserved ? [] : Array(0...cutter.layer)))
    // What was there before stays as it was.
    #expect(session.sequences == ([.extend, .decode, .decodeUnobserved].contains(use) ? [0] : []))
    #expect(session.length(of: 0) ?? 3 == 3)
  }

  @Test func `what is read of a mapped file that is cut meanwhile is not handed over`() throws {
    let folder = try TemporaryFolder()
    let url = try file(folder, bytes: 100_000)
    let mapped = try MappedFile(url)
    #expect(try mapped.reading { $0.count } == 100_000)
    #expect(throws: shrunk(url, 100_000, 99_990)) {
      try mapped.reading { bytes in
        #expect(truncate(url.path, 99_990) == 0)
        // The kernel fills the page up.
        #expect(bytes[99_995] == 0)
        // Whatever else is wrong with zeros: this is why.
        _ = try JSONValue(parsing: bytes)
      }
    }
  }

  /// Copies a model whose header is longer by some spaces, so that its tensors begin anywhere.
  private func shifted(_ source: URL, by spaces: Int) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      at: source.appending(path: "config.json"), to: folder.url.appending(path: "config.json"))
    var bytes = [UInt8](try Data(contentsOf: source.appending(path: "model.safetensors")))
    let length = bytes[0..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    bytes.insert(contentsOf: [UInt8](repeating: 0x20, count: spaces), at: 8 + length)
    for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: (length + spaces) >> (8 * index)) }
    try Data(bytes).write(to: folder.url.appending(path: "model.safetensors"))
    return folder
  }

  @Test(
    arguments: ["multi-head-default", "float16", "linear-rope"],
    MatrixLibrary.allCases.filter { $0.computes(.float32) })
  func `tensors may begin at any byte`(name: String, library: MatrixLibrary) throws {
    let source = Repository.fixtures.appending(path: "variants/\(name)")
    for precision in Precision.allCases where library.computes(precision) {
      var options = RunOptions(precision: precision, threads: 2)
      options.library = library
      let expected = try LlamaModel(directory: source).logits(of: [[1, 2, 3, 4, 5]], at: .all, options: options)
      for spaces in [1, 2, 3, 5, 7] {
        let folder = try shifted(source, by: spaces)
        let found = try LlamaModel(directory: folder.url).logits(of: [[1, 2, 3, 4, 5]], at: .all, options: options)
        #expect(found[0].values == expected[0].values, "\(precision), \(spaces) spaces")
      }
    }
  }

  @Test func `a text that no memory holds is refused before anything is allocated`() throws {
    let folder = try shifted(Repository.fixtures.appending(path: "variants/float16"), by: 0)
    let text = try String(contentsOf: folder.url.appending(path: "config.json"), encoding: .utf8)
    let pattern = try Regex("\"max_position_embeddings\": \\d+")
    try folder.write(text.replacing(pattern, with: "\"max_position_embeddings\": 1073741824"), to: "config.json")
    let model = try LlamaModel(directory: folder.url)
    // Only the length counts for a plan: a text of so many tokens would itself take gigabytes.
    let error = #expect(throws: RunError.self) { try model.plan([1_000_000_000]) }
    guard case .memory(let needed, let machine) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(needed > 500_000_000_000)
    #expect(machine == SystemMemory.total)
    let unit = ByteUnit(fitting: machine)
    #expect(
      error?.description.hasPrefix(
        "expected at least \(unit.text(needed)) of memory in this machine or container, which")
        == true)
  }
}

import Foundation
import Foundations
import LlamaCore
import Profiler
import TestSupport
import Testing

@Suite struct InputFileTests {
  /// Sizes that are read, and that are mapped.
  @Test(arguments: [5, 1 << 20, 3_000_001])
  func `the bytes of a file are its bytes, without a byte order mark`(size: Int) throws {
    let folder = try CorpusFolder()
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 + 1) }
    try folder.write("a", Data(bytes))
    try folder.write("b", Data([0xEF, 0xBB, 0xBF] + bytes))
    #expect(try InputFile.reading(folder.url.appending(path: "a")) { [UInt8]($0.data) } == bytes)
    let marked = try InputFile.reading(folder.url.appending(path: "b")) {
      ([UInt8]($0.data), $0.content.count, $0.start)
    }
    #expect(marked.0 == bytes)
    #expect(marked.1 == size + 3)
    #expect(marked.2 == 3)
  }

  private struct Misreading: Error {}

  @Test(arguments: [true, false])
  func `what was made of a mapped file that is cut meanwhile is not handed over`(fails: Bool) throws {
    let folder = try CorpusFolder()
    try folder.write("a.txt", Data(repeating: 0x61, count: 2_000_001))
    let path = folder.path + "/a.txt"
    let error = #expect(throws: FileFailure.self) {
      try InputFile.reading(URL(filePath: path)) { input in
        #expect(truncate(path, 2_000_000) == 0)
        #expect(input.data.last == 0)
        // What the zeros make a reader throw is not why.
        if fails { throw Misreading() }
      }
    }
    #expect(error?.reason == "the file became shorter while it was read: expected 2000001 bytes, found 2000000")
  }

  @Test func `weights that are cut are not hashed`() throws {
    let folder = try CorpusFolder()
    let source = Repository.fixtures.appending(path: "variants/float16")
    for name in ["config.json", "model.safetensors"] {
      try folder.write(name, Data(contentsOf: source.appending(path: name)))
    }
    let checkpoint = try Checkpoint(directory: folder.url)
    #expect(try Fingerprint(sampling: checkpoint) == Fingerprint(sampling: Checkpoint(directory: source)))
    let size = checkpoint.files[0].byteCount
    #expect(truncate(checkpoint.files[0].path, off_t(size - 1)) == 0)
    let error = #expect(throws: FileError.self) { try Fingerprint(sampling: checkpoint) }
    #expect(error?.reason == .truncated(expected: size, found: size - 1))
  }
}

import Foundations
import LlamaCore
import ProfileReport
import Profiler
import Testing

@Suite struct SizedErrorTests {
  private static let (needed, limit) = (3 * 1_048_576 + 1, 2_000_000)
  private static let errors: [any SizedError & CustomStringConvertible] = [
    RunError.memoryLimit(needed: needed, limit: limit), RunError.memory(needed: needed, machine: limit),
    ComparisonError.memory(needed: needed, limit: limit),
    ReportError.memoryLimit(texts: 5, needed: needed, limit: limit),
  ]

  @Test(arguments: errors.indices)
  func `an error about memory says its sizes in the unit that was typed, what is needed rounded up`(index: Int) {
    let error = Self.errors[index]
    for (unit, needed, limit) in [
      (ByteUnit.mebibyte, "3.001 MiB", "1.908 MiB"), (.megabyte, "3.146 MB", "2 MB"), (.byte, "3145729 B", "2000000 B"),
      (.gigabyte, "0.004 GB", "0.002 GB"),
    ] {
      let message = error.description(in: unit)
      #expect(message.contains("at least \(needed)"), "\(message)")
      #expect(message.hasSuffix("found \(limit)"), "\(message)")
    }
    // Where nobody typed one it is one that suits the limit.
    #expect(error.description == error.description(in: .megabyte))
  }

  @Test(arguments: [
    ("1", "1 B"), ("999b", "999 B"), ("1.5GB", "1.5 GB"), ("2GiB", "2 GiB"), ("0.5MiB", "0.5 MiB"),
    ("100 mb", "100 MB"),
    ("7K", "7 kB"), ("3t", "3 TB"), ("999999TB", "999999 TB"),
  ])
  func `a size is said again as it was typed`(typed: String, text: String) throws {
    let size = try #require(ByteCount(typed))
    #expect(size.unit.text(size.bytes) == text)
  }
}

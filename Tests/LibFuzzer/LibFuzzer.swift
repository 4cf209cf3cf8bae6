import Foundation
import FuzzTargets

// The entry of libFuzzer, which brings `main` and calls this with one document after another. `FUZZ_PARSER` names the
// parser. With `FUZZ_SEEDS` instead, the first call writes the parser's seeds there.

private let environment = ProcessInfo.processInfo.environment
private let target = environment["FUZZ_PARSER"].flatMap(FuzzTarget.named)
private let folder = FuzzFolder(at: environment["FUZZ_FOLDER"] ?? ".")

@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
  guard let target else {
    print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
    exit(environment["FUZZ_PARSER"] == nil ? 0 : 1)
  }
  if let path = environment["FUZZ_SEEDS"] {
    do {
      for (number, seed) in target.seeds.enumerated() { _ = try FuzzFolder(at: path).write(seed, to: "seed-\(number)") }
    } catch {
      print(error)
      exit(1)
    }
    exit(0)
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do throws(FuzzTarget.Finding) {
    try target?.check([UInt8](UnsafeBufferPointer(start: start, count: count)), in: folder)
  } catch {
    print("finding: \(error)")
    abort()
  }
  return 0
}

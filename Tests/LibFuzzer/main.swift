import Foundation
import FuzzTargets

// Runs libFuzzer on the parser that FUZZ_PARSER names, with libFuzzer's own arguments. Without it, lists the parsers;
// with FUZZ_SEEDS, writes the parser's seeds into that folder instead.

let environment = ProcessInfo.processInfo.environment
guard let name = environment["FUZZ_PARSER"] else {
  print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
  exit(0)
}
guard let target = FuzzTarget.named(name) else {
  print("no parser \(name)")
  exit(1)
}
if let path = environment["FUZZ_SEEDS"] {
  for (number, seed) in target.seeds.enumerated() { _ = try FuzzFolder(at: path).write(seed, to: "seed-\(number)") }
  exit(0)
}

/// What libFuzzer's callback reads; it cannot capture.
enum Fuzzed {
  static let target = FuzzTarget.named(ProcessInfo.processInfo.environment["FUZZ_PARSER"] ?? "")
  static let folder = FuzzFolder(at: ProcessInfo.processInfo.environment["FUZZ_FOLDER"] ?? ".")
}

typealias Callback = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ callback: Callback
) -> CInt

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
exit(
  runDriver(&count, &arguments) { start, count in
    do throws(FuzzTarget.Finding) {
      try Fuzzed.target?.check([UInt8](UnsafeBufferPointer(start: start, count: count)), in: Fuzzed.folder)
    } catch {
      print("finding: \(error)")
      abort()
    }
    return 0
  })

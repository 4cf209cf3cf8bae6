import ArgumentParser
import Foundation
import LlamaCore
import ProfileReport

/// Refuses an empty path: `--output "$RUN"` with the variable unset would otherwise mean the current folder.
func checkPaths(_ paths: KeyValuePairs<String, String?>) throws {
  for (name, path) in paths where path?.isEmpty == true {
    throw ValidationError("\(name): expected a path, found an empty one")
  }
}

/// Refuses numbers out of range.
func checkCounts(_ counts: KeyValuePairs<String, (value: Int?, range: ClosedRange<Int>)>) throws {
  for (name, (value, range)) in counts {
    guard let value else { continue }
    if value < range.lowerBound {
      throw ValidationError("\(name): expected at least \(range.lowerBound), found \(value)")
    }
    if value > range.upperBound {
      throw ValidationError("\(name): expected at most \(range.upperBound), found \(value)")
    }
  }
}

/// Returns the blocks that an option lists, in its order.
func blockList(_ text: String, of option: String) throws -> [Int] {
  guard let blocks = BlockList.indices(text) else {
    throw ValidationError("\(option): expected numbers of blocks, such as 0-11,16-29, found \"\(text)\"")
  }
  return blocks
}

/// Returns the reason why an existing folder is not writable; nil if it is, or if it does not exist.
func refusal(toWriteInto folder: URL) -> String? {
  guard access(folder.path, W_OK) != 0, errno != ENOENT else { return nil }
  return String(cString: strerror(errno))
}

/// Refuses an existing folder that is not writable, where `--output` names another one.
func checkWritable(_ folder: URL) throws(ReportError) {
  guard let reason = refusal(toWriteInto: folder) else { return }
  throw .cannotWrite(file: folder.relativePath, reason: "\(reason); --output names another folder")
}

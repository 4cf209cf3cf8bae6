import Foundation
import Foundations
import Profiler

extension SourceFile {
  /// Reads a text file: whole, or one text per paragraph or line.
  func readText(_ split: TextSplit, into selection: inout TextSelection) throws(CorpusBuildError) {
    let bytes = input.data.span
    let origin = TextOrigin(document: path, isPart: split != .whole)
    if split == .whole { return try add(bytes, at: 0, from: origin, to: &selection) }
    var paragraph: Range<Int>?
    var start = 0
    var released = 0
    while start < bytes.count {
      input.release(before: paragraph?.lowerBound ?? start, &released)
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      let next = min(end + 1, bytes.count)
      if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
      if isBlank(bytes.extracting(start..<end)) {
        if let range = paragraph {
          try add(bytes.extracting(range), at: range.lowerBound, from: origin, to: &selection)
        }
        paragraph = nil
      } else if split == .line {
        try add(bytes.extracting(start..<end), at: start, from: origin, to: &selection)
      } else {
        paragraph = (paragraph?.lowerBound ?? start)..<end
      }
      start = next
    }
    if let range = paragraph { try add(bytes.extracting(range), at: range.lowerBound, from: origin, to: &selection) }
  }

  /// True if a line is blank: at most spaces and tabs.
  func isBlank(_ line: Span<UInt8>) -> Bool {
    for index in line.indices where line[index] != 0x20 && line[index] != 0x09 && line[index] != 0x0D { return false }
    return true
  }
}

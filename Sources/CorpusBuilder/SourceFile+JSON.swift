import Foundation
import Foundations
import Profiler

extension SourceFile {
  /// Reads a field of every element of a list, or of every value of an object, or from the top of the file.
  func readJSON(_ field: FieldPath, into selection: inout TextSelection) throws(CorpusBuildError) {
    var reader = JSONReader(input.data.span)
    do {
      if field.startsAtTop {
        try read(field, record: nil, from: &reader, into: &selection) { "line \(line(of: $0))" }
      } else {
        try readRecords(field, from: &reader, into: &selection)
      }
      try reader.end()
    } catch {
      throw located(error) { "line \($0.line), column \($0.column)" }
    }
  }

  private func readRecords(
    _ field: FieldPath, from reader: inout JSONReader, into selection: inout TextSelection
  ) throws {
    var released = 0
    switch try reader.peek() {
    case .array:
      var number = 0
      try reader.beginArray()
      while try reader.nextElement() {
        number += 1
        try read(field, record: "\(number)", from: &reader, into: &selection) {
          "record \(number) (line \(line(of: $0)))"
        }
        input.release(before: reader.offset, &released)
      }
    case .object:
      try reader.beginObject()
      while let key = try reader.nextKey() {
        try read(field, record: key, from: &reader, into: &selection) {
          "record \(key.quoted) (line \(line(of: $0)))"
        }
        input.release(before: reader.offset, &released)
      }
    case let kind:
      let reason = "expected a list or an object of records, found \(kind.rawValue)"
      throw CorpusBuildError.malformed(file: path, place: "line \(line(of: reader.offset))", reason: reason)
    }
  }

  /// Reads a field of every non-blank line.
  func readJSONLines(_ field: FieldPath, into selection: inout TextSelection) throws(CorpusBuildError) {
    let bytes = input.data.span
    var line = 0
    var start = 0
    var released = 0
    while start < bytes.count {
      input.release(before: start, &released)
      line += 1
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      let record = bytes.extracting(start..<end)
      start = end + 1
      if isBlank(record) { continue }
      do {
        var reader = JSONReader(record)
        try read(field, record: "\(line)", from: &reader, into: &selection) { _ in "line \(line)" }
        try reader.end()
      } catch {
        throw located(error) { "line \(line), column \($0.column)" }
      }
    }
  }

  /// Reads one record. `place` returns its name for an error at an offset; `record` is its number or key, nil for the
  /// top of the file.
  private func read(
    _ field: FieldPath, record: String?, from reader: inout JSONReader, into selection: inout TextSelection,
    place: (Int) -> String
  ) throws {
    var found = FieldTexts()
    let start = reader
    for path in field.paths.dropLast() {
      var copy = reader
      try copy.collect(path[...], into: &found)
    }
    try reader.collect((field.paths.last ?? [])[...], into: &found)
    if let problem = found.firstProblem, !options.skipsInvalid {
      let hint = field == .record ? "; name a field after the path, as in \"\(path.onOneLine):text\"" : ""
      throw CorpusBuildError.noText(file: path, place: place(problem.offset), reason: problem.reason + hint)
    }
    let isJoined = field.paths.count > 1
    if isJoined, found.problems > 0 { return selection.addInvalid() }
    for _ in 0..<found.problems { selection.addInvalid() }
    var group: String?
    if options.groupField != nil, !found.texts.isEmpty {
      group = try self.group(of: start, place)
      guard group != nil else {
        for _ in isJoined ? 0..<1 : found.texts.indices { selection.addInvalid() }
        return
      }
    }
    // From the top of a file the elements of the outermost list are the documents.
    let everySteps = field.everySteps - (record == nil ? 1 : 0)
    func origin(_ element: Int) -> TextOrigin {
      let name = record ?? (element > 0 ? "\(element)" : nil)
      return TextOrigin(
        document: name.map { "\(path)#\($0)" } ?? path, isPart: !isJoined && everySteps > 0, field: group)
    }
    if isJoined {
      try selection.add(FieldPath.joined(found.texts), from: origin(0))
    } else {
      for (text, element) in zip(found.texts, found.elements) { try selection.add(text, from: origin(element)) }
    }
  }

  /// Returns the group that a record names; nil if it names none and such records are skipped.
  private func group(of record: borrowing JSONReader, _ place: (Int) -> String) throws -> String? {
    guard let name = options.groupField else { return nil }
    var found = FieldTexts()
    found.acceptsIntegers = true
    var reader = copy record
    try reader.collect(FieldPath(parsing: name).paths[0][...], into: &found)
    let fault = found.texts.first.map(CorpusText.fault(inGroup:)) ?? found.firstProblem?.reason ?? "found no group"
    guard let fault else { return found.texts.first }
    if options.skipsInvalid { return nil }
    throw CorpusBuildError.noText(
      file: path, place: place(found.firstProblem?.offset ?? record.offset), reason: "group: \(fault)")
  }

  private func line(of offset: Int) -> Int { JSONReader(input.data.span).error("", at: offset).line }

  private func located(_ error: any Error, place: (JSONError) -> String) -> CorpusBuildError {
    switch error {
    case let error as CorpusBuildError: error
    case let error as JSONError: .malformed(file: path, place: place(error), reason: error.reason)
    default: .cannotRead(file: path, reason: String(describing: error))
    }
  }
}

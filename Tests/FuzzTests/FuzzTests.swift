import Foundation
import FuzzTargets
import Testing

/// Damaged documents for every parser: refused with a documented error of one line or read into something that holds,
/// in bounded time and memory. Each parser has a process of its own, so that a crash is a failed test with its case.
@Suite(.serialized) struct FuzzTests {
  /// Two runs of a parser mix its seeds otherwise.
  static let seeds: [UInt64] = [1, 2]

  @Test func `there are at least 200,000 cases, and every parser has seeds`() {
    #expect(FuzzTarget.all.reduce(0) { $0 + $1.cases } * Self.seeds.count >= 200_000)
    #expect(Set(FuzzTarget.all.map(\.name)).count == FuzzTarget.all.count)
    for target in FuzzTarget.all {
      #expect(!target.seeds.isEmpty, "\(target.name)")
      #expect(!target.seeds.contains([]), "\(target.name)")
    }
  }

  @Test(arguments: FuzzTarget.all.map(\.name))
  func `an undamaged document is accepted`(parser: String) throws {
    let target = try #require(FuzzTarget.named(parser))
    let folder = try FuzzFolder()
    defer { folder.remove() }
    for seed in target.seeds { #expect(try target.check(seed, in: folder), "\(String(decoding: seed, as: UTF8.self))") }
  }

  @Test(.disabled(if: FuzzRun.wantedCase != nil), arguments: FuzzTarget.all.map(\.name), seeds)
  func `no damaged document crashes its parser`(parser: String, seed: UInt64) async throws {
    let target = try #require(FuzzTarget.named(parser))
    let folder = try FuzzFolder()
    defer { folder.remove() }
    let path = folder.url.path
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      [parser = parser as String, seed = seed as UInt64, path = path as String] in
      try FuzzRun(parser: parser, seed: seed, folder: path).start()
    }
    // A crash says nothing of the case; what the process noted before it does.
    if result == nil, let number = FuzzRun.notedCase(in: folder) {
      Issue.record("\(FuzzRun.replay(target, seed, number))")
    }
  }

  /// `FUZZ_CASE=parser:seed:number`, or `FUZZ_CASE=parser:file`, runs one case in this process, for a debugger.
  @Test(.enabled(if: FuzzRun.wantedCase != nil, "runs the case that FUZZ_CASE names"))
  func `the wanted case`() throws {
    let parts = try #require(FuzzRun.wantedCase).split(separator: ":", maxSplits: 1).map(String.init)
    let target = try #require(FuzzTarget.named(parts[0]), "no such parser")
    let numbers = parts.last?.split(separator: ":").compactMap { UInt64($0) } ?? []
    let bytes =
      numbers.count == 2
      ? target.bytes(seed: numbers[0], number: Int(numbers[1])) : [UInt8](try Data(contentsOf: URL(filePath: parts[1])))
    let folder = try FuzzFolder()
    defer { folder.remove() }
    print(String(decoding: bytes, as: UTF8.self))
    print(try target.check(bytes, in: folder) ? "accepted" : "refused")
  }
}

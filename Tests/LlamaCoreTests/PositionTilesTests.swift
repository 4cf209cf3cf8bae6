import LlamaCore
import Testing

@Suite struct PositionTilesTests {
  @Test(arguments: [
    (0..<1, 64, [0..<1]), (0..<9, 64, [0..<1, 1..<8, 8..<9]), (0..<0, 64, []),
    (0..<130, 42, [0..<1, 1..<8, 8..<32, 32..<74, 74..<116, 116..<128, 128..<130]),
    (5..<40, 64, [5..<8, 8..<32, 32..<40]),
    (600..<700, .max, [600..<700]),
  ])
  func `ranges cover all positions, with no end inside of one`(positions: Range<Int>, height: Int, found: [Range<Int>])
  {
    #expect(PositionTiles.ranges(positions, height: height) == found)
  }

  @Test func `positions beyond every end are covered too`() {
    let far = Int.max - 10..<Int.max - 2
    #expect(PositionTiles.ranges(far) == [far])
  }
}

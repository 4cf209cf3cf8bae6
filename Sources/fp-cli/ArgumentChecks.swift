import ArgumentParser

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

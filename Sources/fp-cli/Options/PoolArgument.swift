import ArgumentParser
import Foundation
import ProfileReport

/// Argument such as `code=cpp,python`: domains whose texts are combined.
struct PoolArgument: ExpressibleByArgument {
  let pool: DomainPool

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty else { return nil }
    let domains = parts[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard domains.allSatisfy({ !$0.isEmpty }) else { return nil }
    pool = DomainPool(name: parts[0], domains: domains)
  }
}

/// Returns the reason why an existing folder is not writable; nil if it is, or if it does not exist.
func refusal(toWriteInto folder: URL) -> String? {
  guard access(folder.path, W_OK) != 0, errno != ENOENT else { return nil }
  return String(cString: strerror(errno))
}

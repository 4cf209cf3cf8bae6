/// The version of this library and its tools.
public enum Version {
  /// Semantic version; equals the newest heading of CHANGELOG.md.
  public static let current = "0.1.0"
}

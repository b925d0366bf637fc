# Finds the Java that builds and runs Sluice; read by the scripts of a checkout and of the archive, not run by itself.
#
# find_jdk sets jdk to a JDK's folder, or says what to install and ends with status 69. SLUICE_JAVA_HOME comes first, then
# JAVA_HOME, the one on the PATH, and the usual places. Who has java_use=run needs no compiler: a JRE will do.

oldest_java=25
: "${java_use:=build}"

say() { printf '%s\n' "$*" >&2; }

# fail <what> <line of advice>...
fail() {
  say "sluice: $1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 69
}

# The major version of the JDK in a folder, or nothing. Reads its release file: starting it would cost time at each use.
java_version() {
  [ -x "$1/bin/java" ] || return 0
  version=
  if [ -r "$1/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9.]*\).*/\1/p' "$1/release")
  fi
  if [ -z "$version" ]; then
    version=$("$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9.]*\).*/\1/p')
  fi
  case $version in
    1.*) version=${version#1.} ;;
  esac
  printf '%s\n' "${version%%.*}"
}

is_good_jdk() {
  [ "$java_use" = run ] || [ -x "$1/bin/javac" ] || return 1
  found=$(java_version "$1")
  [ -n "$found" ] && [ "$found" -ge "$oldest_java" ]
}

java_on_path() {
  found=$(command -v java) || return 0
  while [ -h "$found" ]; do
    target=$(readlink "$found")
    case $target in
      /*) found=$target ;;
      *) found=$(dirname "$found")/$target ;;
    esac
  done
  dirname "$(dirname "$found")"
}

find_jdk() {
  case $java_use in
    run) wanted=Java debian=openjdk-25-jre-headless fedora=java-25-openjdk-headless temurin=temurin-25-jre ;;
    *) wanted=JDK debian=openjdk-25-jdk-headless fedora=java-25-openjdk-devel temurin=temurin-25-jdk ;;
  esac
  if [ -n "${SLUICE_JAVA_HOME:-}" ]; then
    is_good_jdk "$SLUICE_JAVA_HOME" ||
      fail "SLUICE_JAVA_HOME: $SLUICE_JAVA_HOME (expected: the folder of a $wanted $oldest_java or later)"
    jdk=$SLUICE_JAVA_HOME
    return
  fi
  for jdk in "${JAVA_HOME:-}" "$(java_on_path)" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/*jdk* /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-/}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    "${HOME:-/}"/.sdkman/candidates/java/* "${HOME:-/}"/.jdks/* "${HOME:-/}"/.asdf/installs/java/* \
    "${HOME:-/}"/.local/share/mise/installs/java/* "${HOME:-/}"/.jabba/jdk/*; do
    if [ -n "$jdk" ] && is_good_jdk "$jdk"; then
      return
    fi
  done
  fail "no $wanted $oldest_java or later found" \
    "Install one and run this again, for example:" \
    "  Debian, Ubuntu   sudo apt install $debian   (or $temurin from https://adoptium.net)" \
    "  Fedora           sudo dnf install $fedora" \
    "  macOS            brew install openjdk@25" \
    "  any              sdk install java 25-tem                    (https://sdkman.io)" \
    "A $wanted in an unusual place: set SLUICE_JAVA_HOME to its folder."
}

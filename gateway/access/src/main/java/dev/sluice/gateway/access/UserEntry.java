package dev.sluice.gateway.access;

import java.util.List;

/**
 * What the file says of one user. {@link #toString} shows no secret.
 *
 * @param accessKey names it
 * @param secrets one or two, any of which its signatures may be made with
 * @param rights what it may do
 * @param ownCredentials whether its calls go to the message system under its own access key and
 *     first secret
 * @param limits how much it may have
 */
record UserEntry(
    String accessKey,
    List<String> secrets,
    Permissions rights,
    boolean ownCredentials,
    Limits limits) {

  @Override
  public String toString() {
    return "UserEntry[" + accessKey + "]";
  }
}

package io.keyveil.delivery;

import io.keyveil.link.LinkToken;
import io.keyveil.link.Visit;
import java.util.Optional;

/**
 * A request that came by a link, with all its text turned into types.
 *
 * @param download what it is apart from the link; its file is the link's to say
 * @param token the link's secret; empty if the text is none
 * @param name the name of one of the link's files; empty for the link itself
 * @param visit what tells one client from another
 * @param started whether it says that the landing page's button was pressed before
 * @param preview whether it is a program's that looks before its person does
 */
public record LinkRequest(
    DownloadRequest download,
    Optional<LinkToken> token,
    Optional<String> name,
    Visit visit,
    boolean started,
    boolean preview) {}

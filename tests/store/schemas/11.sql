PRAGMA application_id = 1179208786;
PRAGMA user_version = 11;
BEGIN TRANSACTION;
CREATE TABLE adopted (
        dossier INTEGER NOT NULL,
        question TEXT NOT NULL,
        contribution INTEGER NOT NULL, how TEXT NOT NULL DEFAULT '', after INTEGER NOT NULL DEFAULT 0, chooser INTEGER NOT NULL DEFAULT 0, at REAL NOT NULL DEFAULT 0,
        PRIMARY KEY (dossier, question),
        FOREIGN KEY (dossier, contribution) REFERENCES contribution (dossier, number)
            ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID;
INSERT INTO "adopted" VALUES(1,'I_nom',1,'',0,0,0.0);
INSERT INTO "adopted" VALUES(1,'Q1',2,'',0,0,0.0);
INSERT INTO "adopted" VALUES(1,'Q2',3,'',0,0,0.0);
INSERT INTO "adopted" VALUES(2,'I_nom',1,'',0,0,0.0);
CREATE TABLE attachment (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        chat INTEGER NOT NULL,
        question TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'kept', 'lost')),
        size INTEGER NOT NULL,
        described BLOB NOT NULL,
        content BLOB
    ) STRICT;
INSERT INTO "attachment" VALUES(1,1,1,7,'Q2','kept',6,X'7B226B696E64223A2270686F746F222C226E616D65223A22706C616E2E6A7067222C2266696C65223A2268616E646C652D31222C2273697A65223A362C226D657373616765223A31327D',X'6F6374657473');
CREATE TABLE card (
        conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
        message INTEGER NOT NULL,
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        question TEXT NOT NULL,
        revision INTEGER NOT NULL,
        PRIMARY KEY (conversation, message)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE contribution (
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        number INTEGER NOT NULL,
        question TEXT NOT NULL,
        side TEXT NOT NULL DEFAULT '',
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        visit INTEGER NOT NULL,
        given INTEGER NOT NULL,
        at REAL NOT NULL,
        content BLOB NOT NULL, private INTEGER NOT NULL DEFAULT 0, common INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (dossier, number)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "contribution" VALUES(1,1,'I_nom','ici',1,0,1,1001.0,X'7B22667261676D656E7473223A5B7B2274657874223A224A65756E6573206574206DC3A97469657273222C226D657373616765223A31307D5D7D',0,0);
INSERT INTO "contribution" VALUES(1,2,'Q1','ici',1,0,1,1002.0,X'7B226F7074696F6E73223A5B2263726F697365225D2C22667261676D656E7473223A5B7B2274657874223A22556E206D6F742E222C226D657373616765223A31317D5D7D',0,0);
INSERT INTO "contribution" VALUES(1,3,'Q2','ici',1,0,1,1003.0,X'7B226174746163686D656E7473223A5B7B226B696E64223A2270686F746F222C226E616D65223A22706C616E2E6A7067222C2266696C65223A2268616E646C652D31222C2273697A65223A362C226D657373616765223A31327D5D7D',0,0);
INSERT INTO "contribution" VALUES(2,1,'I_nom','ici',2,0,1,1001.0,X'7B22667261676D656E7473223A5B7B2274657874223A2245617520706F7461626C65222C226D657373616765223A31307D5D7D',0,0);
CREATE TABLE conversation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        chat INTEGER NOT NULL,
        dossier INTEGER REFERENCES dossier ON DELETE SET NULL,
        number INTEGER NOT NULL,
        since INTEGER NOT NULL,
        card INTEGER,
        card_turn INTEGER NOT NULL DEFAULT 0,
        pace_since REAL NOT NULL,
        pace_count INTEGER NOT NULL,
        UNIQUE (person, chat)
    ) STRICT;
INSERT INTO "conversation" VALUES(1,1,7,3,6,6,NULL,0,0.0,0);
INSERT INTO "conversation" VALUES(3,2,8,2,2,1,NULL,0,0.0,0);
CREATE TABLE deleted (mark BLOB PRIMARY KEY, kind TEXT NOT NULL) STRICT;
CREATE TABLE dossier (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        project INTEGER NOT NULL REFERENCES project ON DELETE CASCADE,
        flow TEXT NOT NULL,
        flow_hash TEXT NOT NULL REFERENCES flow_snapshot,
        created REAL NOT NULL,
        changed REAL NOT NULL,
        archived INTEGER NOT NULL DEFAULT 0,
        finished INTEGER NOT NULL DEFAULT 0
    , mark BLOB, seen REAL NOT NULL DEFAULT 0, announced REAL, language TEXT NOT NULL DEFAULT '', blind INTEGER NOT NULL DEFAULT 0, closed INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "dossier" VALUES(1,1,'six-etapes','h1',1000.0,1004.0,0,0,X'B96289749DAC433BD9A8E92588354D1B',1795660218.95093,NULL,'',0,0);
INSERT INTO "dossier" VALUES(2,2,'six-etapes','h1',1000.0,1001.0,0,0,X'6621B35E4747FB65F0EDF3A1D07B32E2',1.79566021895808625215e+09,NULL,'',0,0);
INSERT INTO "dossier" VALUES(3,3,'six-etapes','h1',1005.0,1005.0,0,0,X'832D6729E9E3FACA30DE0A5ECB31C927',1.79566021896223926542e+09,NULL,'',0,0);
CREATE TABLE dossier_template (
        dossier INTEGER PRIMARY KEY REFERENCES dossier ON DELETE CASCADE,
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        at REAL NOT NULL,
        described BLOB NOT NULL,
        content BLOB NOT NULL
    ) STRICT;
CREATE TABLE due (
        conversation INTEGER NOT NULL REFERENCES conversation ON DELETE CASCADE,
        turn INTEGER NOT NULL,
        effects BLOB NOT NULL,
        PRIMARY KEY (conversation, turn)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "due" VALUES(1,1,X'7B2265666665637473223A5B7B2274797065223A2241736B227D5D7D');
INSERT INTO "due" VALUES(1,6,X'7B2265666665637473223A5B7B2274797065223A22536179222C226B6579223A226E6F746564227D2C7B2274797065223A2241736B227D5D7D');
INSERT INTO "due" VALUES(3,1,X'7B2265666665637473223A5B7B2274797065223A2241736B227D5D7D');
CREATE TABLE edition (
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        number INTEGER NOT NULL,
        at REAL NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (dossier, number)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE facilitator (
        workshop INTEGER NOT NULL REFERENCES workshop ON DELETE CASCADE,
        door TEXT NOT NULL,
        external_id INTEGER NOT NULL,
        chat INTEGER NOT NULL,
        card INTEGER,
        page TEXT NOT NULL DEFAULT 'live',
        awaiting TEXT NOT NULL DEFAULT '',
        helper INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (workshop, door, external_id)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE failed_update (
        id INTEGER PRIMARY KEY,
        door TEXT NOT NULL,
        update_id INTEGER NOT NULL,
        person INTEGER REFERENCES person ON DELETE CASCADE,
        at REAL NOT NULL,
        reason TEXT NOT NULL,
        payload BLOB NOT NULL,
        UNIQUE (door, update_id)
    ) STRICT;
INSERT INTO "failed_update" VALUES(1,'telegram',55,1,1.79566021896295952798e+09,'ValueError',X'227B5C227570646174655F69645C223A2035357D22');
CREATE TABLE flow_snapshot (
        hash TEXT PRIMARY KEY,
        content TEXT NOT NULL,
        questions TEXT NOT NULL
    , identity TEXT NOT NULL DEFAULT '') STRICT;
INSERT INTO "flow_snapshot" VALUES('h1','flow: six-etapes
','Q1 Q2','');
CREATE TABLE handled_update (
        id INTEGER PRIMARY KEY,
        door TEXT NOT NULL,
        update_id INTEGER NOT NULL,
        at REAL NOT NULL,
        UNIQUE (door, update_id)
    ) STRICT;
INSERT INTO "handled_update" VALUES(1,'telegram',55,1.79566021896295952798e+09);
CREATE TABLE handling (
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        rule TEXT NOT NULL,
        at REAL NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (dossier, rule)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "handling" VALUES(1,'V1',1004.0,X'7B22686F77223A22706C616E6E6564222C2277686174223A22566F6972206C65206D61697265227D');
CREATE TABLE invitation (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        maker INTEGER REFERENCES person ON DELETE SET NULL,
        digest BLOB NOT NULL UNIQUE,
        role TEXT NOT NULL,
        side TEXT NOT NULL,
        single INTEGER NOT NULL,
        made REAL NOT NULL,
        expires REAL NOT NULL,
        revoked REAL,
        uses INTEGER NOT NULL DEFAULT 0
    ) STRICT;
CREATE TABLE maintenance (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        text TEXT NOT NULL,
        at REAL NOT NULL
    ) STRICT;
CREATE TABLE member (
        project INTEGER NOT NULL REFERENCES project ON DELETE CASCADE,
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        role TEXT NOT NULL,
        side TEXT NOT NULL DEFAULT '', joined REAL NOT NULL DEFAULT 0, called BLOB, muted INTEGER NOT NULL DEFAULT 0, told REAL NOT NULL DEFAULT 0, heard REAL NOT NULL DEFAULT 0, remind INTEGER NOT NULL DEFAULT 0, reminded INTEGER NOT NULL DEFAULT 0, nudged REAL NOT NULL DEFAULT 0, mark BLOB,
        PRIMARY KEY (project, person)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "member" VALUES(1,1,'owner','',0.0,NULL,0,0.0,0.0,0,0,0.0,X'FFB0489E40692577B9A29C0A60E4FD1C');
INSERT INTO "member" VALUES(2,2,'owner','',0.0,NULL,0,0.0,0.0,0,0,0.0,X'AC3DB7A3B0BE73B36CDB92B6EFE85169');
INSERT INTO "member" VALUES(3,1,'owner','',0.0,NULL,0,0.0,0.0,0,0,0.0,X'64D18F023B085804CF47773B3F0F8436');
CREATE TABLE participant (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        workshop INTEGER NOT NULL REFERENCES workshop ON DELETE CASCADE,
        door TEXT NOT NULL,
        external_id INTEGER,
        chat INTEGER NOT NULL,
        token TEXT UNIQUE,
        voice TEXT NOT NULL,
        people INTEGER NOT NULL,
        joined REAL NOT NULL,
        card INTEGER,
        shown INTEGER NOT NULL DEFAULT -1,
        away INTEGER NOT NULL DEFAULT 0,
        mark BLOB NOT NULL,
        UNIQUE (workshop, door, external_id)
    ) STRICT;
CREATE TABLE person (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        door TEXT NOT NULL,
        external_id INTEGER NOT NULL,
        language TEXT NOT NULL DEFAULT '',
        consented INTEGER NOT NULL,
        consented_at REAL NOT NULL,
        blocked INTEGER NOT NULL DEFAULT 0,
        revision INTEGER NOT NULL DEFAULT -1, mark BLOB, chosen TEXT NOT NULL DEFAULT '', zone TEXT NOT NULL DEFAULT '',
        UNIQUE (door, external_id)
    ) STRICT;
INSERT INTO "person" VALUES(1,'telegram',7,'',1,1000.0,0,-1,X'D41AFC82F914B8D5A0E873F767852AE4','','');
INSERT INTO "person" VALUES(2,'telegram',8,'',1,1000.0,0,-1,X'F0E0E15465BC725742606C298AB79A4D','','');
CREATE TABLE place (
        person INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        revision INTEGER NOT NULL,
        state BLOB NOT NULL,
        PRIMARY KEY (person, dossier)
    ) STRICT, WITHOUT ROWID;
INSERT INTO "place" VALUES(1,1,0,X'7B7D');
INSERT INTO "place" VALUES(1,3,1,X'7B7D');
INSERT INTO "place" VALUES(2,2,0,X'7B7D');
CREATE TABLE project (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        created REAL NOT NULL
    , shared INTEGER NOT NULL DEFAULT 0) STRICT;
INSERT INTO "project" VALUES(1,1000.0,0);
INSERT INTO "project" VALUES(2,1000.0,0);
INSERT INTO "project" VALUES(3,1005.0,0);
CREATE TABLE room_contribution (
        workshop INTEGER NOT NULL REFERENCES workshop ON DELETE CASCADE,
        number INTEGER NOT NULL,
        question TEXT NOT NULL,
        participant INTEGER REFERENCES participant ON DELETE CASCADE,
        kind TEXT NOT NULL,
        message INTEGER NOT NULL,
        approved INTEGER NOT NULL DEFAULT 0,
        former INTEGER NOT NULL DEFAULT 0,
        at REAL NOT NULL,
        content BLOB NOT NULL,
        mark BLOB NOT NULL,
        PRIMARY KEY (workshop, number)
    ) STRICT, WITHOUT ROWID;
CREATE TABLE seal (
        id BLOB PRIMARY KEY,
        proof BLOB NOT NULL,
        whole INTEGER NOT NULL
    ) STRICT;
CREATE TABLE word_template (
        person INTEGER PRIMARY KEY REFERENCES person ON DELETE CASCADE,
        at REAL NOT NULL,
        described BLOB NOT NULL,
        content BLOB NOT NULL
    ) STRICT;
CREATE TABLE workshop (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        dossier INTEGER NOT NULL REFERENCES dossier ON DELETE CASCADE,
        owner INTEGER NOT NULL REFERENCES person ON DELETE CASCADE,
        phase TEXT NOT NULL,
        ends REAL NOT NULL,
        turns INTEGER NOT NULL DEFAULT 0,
        code TEXT UNIQUE,
        wall TEXT UNIQUE,
        helper TEXT UNIQUE,
        state BLOB NOT NULL
    ) STRICT;
CREATE INDEX member_person ON member (person);
CREATE INDEX dossier_project ON dossier (project);
CREATE INDEX place_dossier ON place (dossier);
CREATE INDEX conversation_dossier ON conversation (dossier);
CREATE INDEX card_dossier ON card (dossier);
CREATE INDEX contribution_person ON contribution (person);
CREATE INDEX adopted_contribution ON adopted (dossier, contribution);
CREATE INDEX attachment_dossier ON attachment (dossier);
CREATE INDEX attachment_person ON attachment (person, size);
CREATE INDEX attachment_pending ON attachment (id) WHERE state = 'pending';
CREATE INDEX failed_update_person ON failed_update (person);
CREATE INDEX workshop_dossier ON workshop (dossier);
CREATE INDEX workshop_owner ON workshop (owner);
CREATE INDEX facilitator_person ON facilitator (external_id, door);
CREATE INDEX participant_person ON participant (external_id, door);
CREATE INDEX room_contribution_participant ON room_contribution (participant);
CREATE INDEX invitation_dossier ON invitation (dossier);
CREATE INDEX invitation_maker ON invitation (maker);
CREATE INDEX dossier_template_person ON dossier_template (person);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('person',2);
INSERT INTO "sqlite_sequence" VALUES('project',3);
INSERT INTO "sqlite_sequence" VALUES('dossier',3);
INSERT INTO "sqlite_sequence" VALUES('conversation',8);
INSERT INTO "sqlite_sequence" VALUES('attachment',1);
COMMIT;

-- SPDX-License-Identifier: GPL-3.0-or-later
-- Every column type and kind of object that a database can hold, with the values that break careless dumps.
-- Made in whatever sql_mode the server has; runs in an empty database.
SET sql_mode = '', time_zone = '+03:00';

CREATE TABLE numbers (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, a tinyint, b smallint unsigned, c mediumint, d bigint,
  e bigint unsigned zerofill, f decimal(65,30), g float, h float(10,3), i double, j double(20,4), k year, l bit(1),
  m bit(64), n boolean) COMMENT='it''s a "comment" \\ with; everything AUTO_INCREMENT=7';
INSERT INTO numbers VALUES
  (0, -128, 65535, -8388608, -9223372036854775808, 18446744073709551615, 99999999999999999999999999999999999.999999999999999999999999999999,
   1.1, 1.1234, 0.1, 3.14159, 2155, b'1', 0xFFFFFFFFFFFFFFFF, true),
  (NULL, 127, 0, 8388607, 9223372036854775807, 0, -0.000000000000000000000000000001, 16777217, -0.5, 1.7976931348623157e308, -1.5, 1901, b'0', 0, false),
  (NULL, NULL, NULL, NULL, NULL, NULL, NULL, 3.4028234e38, NULL, 5e-324, NULL, 0, NULL, 0x27, NULL),
  (4000000000, 1, 1, 1, 1, 1, 1, 1.17549435e-38, 1, 2.2250738585072014e-308, 1, 2000, 1, 0x5C, 1),
  (NULL, 0, 0, 0, 0, 0, 0, 123456.789, 0, 1e15, 0, 1999, 0, 10, 0);
UPDATE numbers SET id = 0 WHERE id = 1;

CREATE TABLE times (
  a date, b time, c datetime, d timestamp NULL DEFAULT NULL, e time(6), f datetime(6), g timestamp(6) NULL DEFAULT NULL,
  h timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(), i datetime DEFAULT '0000-00-00 00:00:00');
INSERT INTO times VALUES
  ('0000-00-00', '00:00:00', '0000-00-00 00:00:00', '0000-00-00 00:00:00', 0, 0, 0, '2024-03-31 02:30:00', '2024-02-30'),
  ('9999-12-31', '-838:59:59', '9999-12-31 23:59:59', '2038-01-19 03:14:07', '838:59:59.999999', '1000-01-01 00:00:00.000001',
   '1970-01-01 03:00:01.5', '2024-10-27 02:30:00', NULL),
  ('2024-00-00', NULL, '2024-00-15', NULL, NULL, NULL, NULL, '2024-01-01', '2024-12-31');

CREATE TABLE texts (
  id int PRIMARY KEY, a char(10), b varchar(200), c tinytext, d text, e mediumtext, f longtext, g enum('x', 'it''s', 'ü'),
  h set('a', 'b''c', 'd'), i json, j varchar(50) CHARACTER SET latin1, k varchar(50) CHARACTER SET sjis,
  l varchar(50) CHARACTER SET utf16, m varchar(50) CHARACTER SET koi8r, n varchar(50) CHARACTER SET utf8mb3,
  o varchar(50) CHARACTER SET gbk, p varchar(20) COLLATE utf8mb4_bin DEFAULT 'it''s \\ %', q inet6, r uuid, s text CHARACTER SET binary);
INSERT INTO texts VALUES
  (1, 'a  ', 'O''Neil\\', '"double"', 'line\nline\r\nend\t', CHAR(0, 26, 39, 92, 34, 8, 127 USING utf8mb4), '', 'it''s', 'a,d',
   '{"a": "ü\\n\\u0000"}', 'Grüße €', '表ソ', '😀 東京', 'Привет', 'ÿ', '中文', 'A', '::1', uuid(), 0x00FF275C),
  (2, NULL, '%_ -- ; /* */ DELIMITER ;;', '', REPEAT('😀', 5000), REPEAT('ü''', 100000), REPEAT('x\\', 300000), '', '', '[]', '', '', '', '', '', '', '', NULL, NULL, ''),
  (3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0x815F, NULL, NULL, NULL, 0x815C, NULL, '1.2.3.4', NULL, NULL);

CREATE TABLE bytes (id int PRIMARY KEY, a binary(4), b varbinary(300), c tinyblob, d blob, e mediumblob, f longblob);
INSERT INTO bytes VALUES (1, '', '', '', '', '', ''), (2, 0x00, 0x27, 0x5C, 0x0A, 0x00FF, 0x1A), (3, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO bytes SELECT 4, 'a', GROUP_CONCAT(CHAR(seq) ORDER BY seq SEPARATOR ''), 'x', REPEAT(0x00, 60000),
  REPEAT(0x0027FF, 500000), REPEAT(CONCAT(0xC3, 0x28), 2000000) FROM seq_0_to_255;

CREATE TABLE shapes (
  id int PRIMARY KEY, a geometry, b point NOT NULL, c linestring, d polygon, e multipoint, f geometrycollection, SPATIAL KEY (b)) ENGINE=MyISAM;
INSERT INTO shapes VALUES
  (1, ST_GeomFromText('POINT(1 2)', 4326), POINT(0.1, -7e9), ST_GeomFromText('LINESTRING(0 0, 1 1, 2 0)'),
   ST_GeomFromText('POLYGON((0 0, 3 0, 3 3, 0 0))'), ST_GeomFromText('MULTIPOINT(0 0, 1 1)'),
   ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1), LINESTRING(0 0, 1 1))')), (2, NULL, POINT(0, 0), NULL, NULL, NULL, NULL);

CREATE TABLE generated (
  a int, b int AS (a * 2) VIRTUAL, c varchar(20) AS (CONCAT('it''s ', a)) STORED, d int INVISIBLE DEFAULT 5, `e ``x``` int,
  CHECK (a > 0), KEY (b), KEY (c));
INSERT INTO generated (a, d, `e ``x```) VALUES (1, 2, 3), (2, DEFAULT, NULL);
SET check_constraint_checks = 0; INSERT INTO generated (a) VALUES (-1); SET check_constraint_checks = 1;
CREATE TABLE `odd name.``sql; --` (`select` int, `äö` int, `a b` int) ENGINE=Aria DEFAULT CHARSET=latin1;
INSERT INTO `odd name.``sql; --` VALUES (1, 2, 3);
CREATE TABLE empty_one (a int);
CREATE TABLE parents (id int, k char(3), PRIMARY KEY (id)) PARTITION BY HASH (id) PARTITIONS 3;
INSERT INTO parents SELECT seq, seq FROM seq_1_to_10;
SET foreign_key_checks = 0;
CREATE TABLE a_child (id int PRIMARY KEY, up int, FOREIGN KEY (up) REFERENCES z_parent (id) ON DELETE CASCADE);
CREATE TABLE z_parent (id int PRIMARY KEY);
INSERT INTO a_child VALUES (1, 1), (2, 99);
INSERT INTO z_parent VALUES (1);
SET foreign_key_checks = 1;
CREATE SEQUENCE counter START WITH 5 INCREMENT BY 3 CACHE 10 CYCLE;
SELECT NEXTVAL(counter);
CREATE TABLE numbered (id bigint DEFAULT NEXTVAL(counter), a int);
INSERT INTO numbered (a) VALUES (1), (2);
CREATE TABLE history (a int) WITH SYSTEM VERSIONING;
INSERT INTO history VALUES (1), (2);

CREATE TABLE log (word varchar(200));
DELIMITER //
CREATE FUNCTION doubled (x int) RETURNS int DETERMINISTIC COMMENT 'it''s' RETURN x * 2//
CREATE PROCEDURE note (IN word varchar(100), OUT n int)
BEGIN
  /* a comment; with a ; */
  INSERT INTO log VALUES (CONCAT(word, ' "ü" \\ ;'));
  SELECT COUNT(*) INTO n FROM log; -- ;;
END -- the end
//
CREATE TRIGGER numbers_ai AFTER INSERT ON numbers FOR EACH ROW BEGIN INSERT INTO log VALUES ('grüße'); SET @x = 1; END//
CREATE TRIGGER numbers_ai2 AFTER INSERT ON numbers FOR EACH ROW FOLLOWS numbers_ai INSERT INTO log VALUES ('second')//
SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'//
CREATE TRIGGER "times_bu" BEFORE UPDATE ON times FOR EACH ROW SET NEW.a = '2024' || '-01-' || '01', @y = '\'//
SET sql_mode = ''//
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 04:00:00' DISABLE COMMENT 'x' DO BEGIN DELETE FROM log; END//
SET NAMES latin1//
CREATE PROCEDURE old_words () SELECT 'plain'//
SET NAMES utf8mb4//
DELIMITER ;

-- In this order each refers to a view whose name sorts behind its own.
CREATE VIEW z_view AS SELECT id, doubled(id) AS `twice as much`, 'ü' AS u FROM parents;
CREATE VIEW m_view AS SELECT * FROM z_view WHERE id > 1;
CREATE VIEW a_view AS SELECT m.id, p.k FROM m_view m JOIN parents p USING (id);
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW b_checked AS SELECT id, k FROM parents WHERE id < 100 WITH CASCADED CHECK OPTION;
CREATE VIEW a_checked AS SELECT id FROM b_checked WHERE id < 50 WITH CASCADED CHECK OPTION;

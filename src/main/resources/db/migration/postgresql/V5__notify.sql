-- Whoever listens hears of a change when it is committed; the count says what was missed.
CREATE OR REPLACE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE changes SET counter = counter + 1;
    PERFORM pg_notify('keyveil_changes', '');
    RETURN NULL;
END
$$;

-- Which buffers are definitions. The server decides for itself which of the
-- documents that it is given it answers for.
local M = {}

--- Says whether a line is a syntax directive that names an image called build.
---@param line string
---@return boolean
function M.is_directive(line)
  local ref = line:gsub('^\239\187\191', ''):lower():match('^#[ \t]*syntax[ \t]*=[ \t]*(%S+)%s*$')
  return ref ~= nil and ('/' .. ref):match('[^%w_.-]build[:@]') ~= nil
end

--- Says whether a buffer holds a definition.
---@param bufnr integer
---@return boolean
function M.is_definition(bufnr)
  return M.is_directive(vim.api.nvim_buf_get_lines(bufnr, 0, 1, false)[1] or '')
end

--- Says whether the server is of use in a buffer: a definition, info.yaml in a
--- catalog, or its configuration.
---@param bufnr integer
---@return boolean
function M.concerns_server(bufnr)
  local name = vim.fs.normalize(vim.api.nvim_buf_get_name(bufnr))
  return M.is_definition(bufnr)
    or vim.fs.basename(name) == '.dhi-ls.yaml'
    or name:match('/image/.*/?info%.yaml$') ~= nil
    or name:match('/chart/.*/?info%.yaml$') ~= nil
    or name:match('/package/.*/?info%.yaml$') ~= nil
end

--- The folder that a buffer's definition belongs to.
---@param bufnr integer
---@return string
function M.root(bufnr)
  return vim.fs.root(bufnr, { '.dhi-ls.yaml', '.git' }) or vim.fs.dirname(vim.api.nvim_buf_get_name(bufnr))
end

return M
